"""The figures of /metrics. docs/operations.md says what each means."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from storage.database_errors import Cause


class Metrics:
    """One registry for each App, so that two in one process (in tests) do not mix."""

    CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4

    def __init__(self) -> None:
        # When a figure began is of no use, and doubles the page.
        disable_created_metrics()  # type: ignore[no-untyped-call]
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)  # memory, processor and descriptors, where there is /proc
        self.updates = Counter(
            "nuanxin_updates", "Updates by kind and outcome", ["kind", "outcome"], registry=self._registry
        )
        self.seconds = Histogram(
            "nuanxin_update_duration_seconds",
            "From an update in hand to its last answer sent",
            ["kind"],
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self._registry,
        )
        self.sends = Counter("nuanxin_sends", "Calls to Telegram by result", ["result"], registry=self._registry)
        self.errors = Counter("nuanxin_errors", "Unexpected errors by type", ["type"], registry=self._registry)
        self.loop_held = Counter(
            "nuanxin_loop_held", "Times that the event loop was held for more than 1 s", registry=self._registry
        )
        self.form_steps = Counter(
            "nuanxin_form_steps",
            "Steps of forms: begun, answered, skipped, not_an_answer, cancelled, finished",
            ["form", "question", "outcome"],
            registry=self._registry,
        )
        self.database = Histogram(
            "nuanxin_database_duration_seconds",
            "A transaction, from asking for its connection to its end",
            ["kind"],
            buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
            registry=self._registry,
        )
        self._transactions = {kind: self.database.labels(kind) for kind in ("read", "write")}
        self.clock_skew = Gauge(
            "nuanxin_clock_skew_seconds",
            "By which this machine's clock is ahead of PostgreSQL's",
            registry=self._registry,
        )
        self.waiting = Gauge("nuanxin_queue_depth", "What waits, on the leader", ["queue"], registry=self._registry)
        self.oldest = Gauge(
            "nuanxin_queue_age_seconds",
            "For how long the first of it has been due, on the leader",
            ["queue"],
            registry=self._registry,
        )
        self.backup_at = Gauge(
            "nuanxin_last_backup_timestamp_seconds",
            "When the last whole backup was made; 0: never",
            registry=self._registry,
        )

    def show_database_trouble(self, is_there: Callable[[Cause], bool]) -> None:
        """Shows for each cause whether the database has that trouble."""
        gauge = Gauge(
            "nuanxin_database_trouble", "1 while the database has this trouble", ["cause"], registry=self._registry
        )
        for cause in Cause:
            gauge.labels(cause).set_function(partial(is_there, cause))

    def note_transaction(self, kind: str, seconds: float) -> None:
        """Counts a transaction of this kind (read or write) and its seconds."""
        self._transactions[kind].observe(seconds)

    def note_step(self, form: str, question: str, outcome: str) -> None:
        """Counts what became of a question of a form."""
        self.form_steps.labels(form, question, outcome).inc()

    def gauge(self, name: str, about: str, read: Callable[[], float]) -> None:
        """A figure that is read when somebody looks."""
        gauge = Gauge(f"nuanxin_{name}", about, registry=self._registry)
        gauge.set_function(read)

    def page(self) -> bytes:
        return generate_latest(self._registry)
