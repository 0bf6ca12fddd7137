"""The progress of running broadcasts, in one message of their author that is edited at most every 3 s."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from bot.telegram.courier import Courier
from handlers.broadcasts.panel import panel
from handlers.chat.context import AppContext
from handlers.chat.replies import Outgoing, message_params
from handlers.chat.view import View
from storage.broadcasts import panels, tallies
from storage.broadcasts import reads as broadcast_reads
from storage.database import Database
from storage.people.access import Right, may
from storage.telegram_ids import private_chat_of
from storage.updates import user_state

INTERVAL = 1.0
EDITED_EVERY = timedelta(seconds=3)


class BroadcastProgress:
    def __init__(
        self, database: Database, courier: Courier, context: AppContext, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._courier = courier
        self._context = context
        self._clock = clock

    async def show(self) -> bool:
        """Edits every panel that is due, also that of a broadcast that has just ended; True if one will be later."""
        now = self._clock()
        async with self._database.reading() as session:
            due = await panels.next_panel(session)
        if due is None or due > now:
            return due is not None
        async with self._database.writing() as session:
            rows = await panels.with_panel_due(session, now, EDITED_EVERY)
            edits = []
            for row in rows:
                (standing,) = await user_state.standings(session, [row.author], now)
                if not may(self._context.staff.roles_of(row.author, standing.roles), Right.BROADCAST):
                    continue
                counted = await tallies.counts(session, row.id)
                read = await broadcast_reads.read_count(session, row.id)
                language = standing.spoken or self._context.settings.organisation.language
                words = panel(View(self._context, language, now), row, counted, read)
                edits.append({**message_params(private_chat_of(row.author), *words), "message_id": row.panel})
        await self._courier.send_all([Outgoing("editMessageText", params, minor=True) for params in edits])
        return True
