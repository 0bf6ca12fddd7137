"""Logs: JSON or for people, and nothing personal in them.

Our own packages log ids and counts. Libraries are held at warnings whatever the level, since at debug they print
addresses with the token (httpx, urllib3), parameters (aiosqlite, telegram, SQLAlchemy) or typed addresses (geopy).
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from logging.handlers import TimedRotatingFileHandler
from pathlib import Path
from typing import Any

from bot.observability.repeated_lines import RepeatedLines

# structlog would load rich for tracebacks with every local variable, which no log of ours may have: 3 MB, and a
# thirtieth of the start.
if "rich" not in sys.modules:
    sys.modules["rich"] = None  # type: ignore[assignment]
import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

if sys.modules["rich"] is None:
    del sys.modules["rich"]

_OURS = ("bot", "handlers", "storage", "schedules", "nuanxin")
_TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")


def _without_tokens(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    for key, value in event.items():
        event[key] = _masked(value)
    return event


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return _TOKEN.sub("<token>", value)
    if isinstance(value, bytes | list | tuple | dict):
        return _TOKEN.sub("<token>", repr(value))
    return value


def _without_messages(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as its types and the lines of code it came through. What it says is left out, since it may quote
    what somebody wrote: `int("my name")` does."""
    found = event.pop("exc_info", None)
    error = found if isinstance(found, BaseException) else found[1] if isinstance(found, tuple) else None
    if found is True:
        error = sys.exc_info()[1]
    if error is not None:
        event["exception"] = "\n".join(_told(error))
    return event


def _told(error: BaseException) -> Iterator[str]:
    """What caused it first."""
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _told(before)
        yield "which led to:"
    yield "Traceback (most recent call last):"
    yield "".join(traceback.format_tb(error.__traceback__)).rstrip()
    yield f"{type(error).__module__}.{type(error).__qualname__}"


def set_up(level: str, style: str, file: Path | None = None) -> None:
    """Sends everything through structlog to standard error, and to a file that is a new one each day."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    renderer: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            _without_messages,
            _without_tokens,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handlers: list[logging.Handler] = [logging.StreamHandler(sys.stderr)]
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        handlers.append(TimedRotatingFileHandler(file, when="midnight", utc=True, encoding="utf-8"))
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared, _without_messages, _without_tokens],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    repeated = RepeatedLines(_OURS)
    for handler in handlers:
        handler.setFormatter(formatter)
        handler.addFilter(repeated)
    root = logging.getLogger()
    root.handlers[:] = handlers
    root.setLevel(logging.WARNING)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that waits for the last one is no news
    for name in _OURS:
        logging.getLogger(name).setLevel(level.upper())


def logger(name: str) -> Any:
    return structlog.get_logger(name)
