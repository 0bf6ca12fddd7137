"""What a library says again and again is counted."""

from __future__ import annotations

import logging

from bot.observability.repeated_lines import MOST_A_MINUTE, RepeatedLines


def record(name: str, line: int = 1) -> logging.LogRecord:
    return logging.LogRecord(name, logging.ERROR, "web_protocol.py", line, "bad request from %s", ("x",), None)


def test_a_kind_is_written_a_few_times_a_minute_and_then_counted() -> None:
    now = [0.0]
    lines = RepeatedLines(("bot",), lambda: now[0])
    assert sum(lines.filter(record("aiohttp.server")) for _ in range(1_000)) == MOST_A_MINUTE
    assert lines.filter(record("aiohttp.server", line=2)), "another line of code is another kind"
    assert all(lines.filter(record("bot.updates.intake")) for _ in range(100)), "each of ours may be asked for"
    now[0] = 61.0
    next_one = record("aiohttp.server")
    assert lines.filter(next_one)
    assert next_one.getMessage() == f"bad request from x ({1_000 - MOST_A_MINUTE} more of this kind before)"
