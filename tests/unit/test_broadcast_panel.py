"""The message that shows how far a broadcast is."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

import pytest

from handlers.broadcasts.panel import may_retry
from handlers.chat.context import AppContext
from handlers.chat.view import View
from storage.broadcasts.broadcasts import Broadcast, BroadcastState
from storage.deliveries.table import State
from tests.support.simulator import NOON


@pytest.mark.parametrize(
    ("state", "days", "failed", "offered"),
    [
        (BroadcastState.DONE, 29, 7, True),
        (BroadcastState.DONE, 29, 0, False),
        (BroadcastState.DONE, 31, 7, False),
        (BroadcastState.CANCELLED, 1, 7, False),
    ],
)
def test_what_failed_is_offered_to_be_retried_until_it_is_forgotten(
    state: BroadcastState, days: int, failed: int, offered: bool
) -> None:
    """The figures stay longer than the deliveries."""
    row = Broadcast(state=state, finished_at=NOON - timedelta(days=days))
    view = View(cast(AppContext, None), "en", NOON)
    assert may_retry(view, row, {State.FAILED: failed}) is offered
