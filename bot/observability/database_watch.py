"""What is wrong with the database, from the end of every transaction: for the log, /readyz, /metrics and the admins."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.observability.code_places import place_of
from bot.observability.logs import logger
from bot.observability.metrics import Metrics
from storage.database_errors import Cause, cause_of

log = logger("bot.observability.database_watch")

SAID_EVERY = 60.0
_QUIET_FOR = {Cause.FULL: 60.0, Cause.DISK: 300.0, Cause.DAMAGED: 300.0, Cause.SCHEMA: 300.0}
"""Seconds without a failure after which these are over: they concern some statements, or what needs more room, and
others that work prove nothing."""
FULL_WAITS = 60.0
"""Seconds for which updates wait for room on the disk, which a backup or a log may fill for a moment. Then people are
told, since an update that waits keeps others behind it from being fetched."""
_OF_WRITES = frozenset({Cause.LOCKED, Cause.FULL, Cause.NOT_WRITABLE})
"""That something can be read does not prove that these are over."""


@dataclass(slots=True)
class Trouble:
    """One cause, from its first failure until it is over. `error_id` finds it in the log."""

    cause: Cause
    error_id: str
    begun: float
    last: float
    failed: int = 0
    is_said: bool = False


class DatabaseWatch:
    """Implements storage.engine.transaction_watch.TransactionWatch."""

    def __init__(self, metrics: Metrics, clock: Callable[[], float]) -> None:
        """`clock` gives seconds that never go back."""
        self._metrics = metrics
        self._clock = clock
        self._current: dict[Cause, Trouble] = {}
        self._said_at: dict[Cause, float] = {}
        metrics.show_database_trouble(self._current.__contains__)

    @property
    def is_troubled(self) -> bool:
        return bool(self._current)

    @property
    def current(self) -> Sequence[Trouble]:
        """What is wrong now, what began first coming first."""
        return list(self._current.values())

    @property
    def trouble(self) -> str:
        """The first of it for /readyz; empty if all is well."""
        return next((f"database {cause}: {cause.sentence}" for cause in self._current), "")

    def took(self, kind: str, seconds: float) -> None:
        self._metrics.note_transaction(kind, seconds)

    def failed(self, error: Exception) -> None:
        """Counts a transaction that the database did not carry out."""
        trouble = self._trouble(error)
        if trouble is not None:
            trouble.failed += 1
            self._say(trouble, error)

    def is_waited_for(self, error: BaseException) -> bool:
        """Whether what failed with this error is tried again instead of being told to a person."""
        trouble = self._trouble(error)
        if trouble is None or trouble.cause.waits:
            return trouble is not None
        return trouble.cause is Cause.FULL and self._clock() - trouble.begun < FULL_WAITS

    def error_id(self, error: BaseException) -> str:
        """The id under which this trouble stands in the log; empty if the error is not the database's."""
        trouble = self._trouble(error)
        if trouble is None:
            return ""
        self._say(trouble, error)
        return trouble.error_id

    def _trouble(self, error: BaseException) -> Trouble | None:
        cause = cause_of(error)
        if cause is None:
            return None
        now = self._clock()
        found = self._current.setdefault(cause, Trouble(cause, secrets.token_hex(4), now, now))
        found.last = now
        return found

    def _say(self, trouble: Trouble, error: BaseException) -> None:
        """When it begins, and once a minute while it lasts."""
        now = self._clock()
        if now - self._said_at.get(trouble.cause, float("-inf")) < SAID_EVERY:
            return
        self._said_at[trouble.cause], trouble.is_said = now, True
        log.error(
            f"database {trouble.cause}: {trouble.cause.sentence}",
            error_id=trouble.error_id,
            failed=trouble.failed,
            error=type(error).__name__,
            place=place_of(error),
        )

    def worked(self, *, wrote: bool) -> None:
        """Ends what this transaction proves to be over."""
        if not self._current:
            return
        for trouble in self.current:
            if self._is_over(trouble, wrote=wrote):
                del self._current[trouble.cause]
                if trouble.is_said:
                    seconds = round(self._clock() - trouble.begun)
                    log.info(f"database {trouble.cause}: over", failed=trouble.failed, seconds=seconds)

    def _is_over(self, trouble: Trouble, *, wrote: bool) -> bool:
        if trouble.cause in _OF_WRITES and not wrote:
            return False
        return self._clock() - trouble.last >= _QUIET_FOR.get(trouble.cause, 0.0)
