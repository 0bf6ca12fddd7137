"""The code at the door: its picture is changed every minute, as long as the door is open."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.telegram.courier import Courier
from handlers.activities import presses
from handlers.activities.check_ins import door_caption
from handlers.chat.context import AppContext
from handlers.chat.replies import File, Outgoing, buttons_markup
from handlers.i18n.translations import translator
from storage.activities import activities, attendance, check_ins
from storage.activities.check_ins import Door
from storage.database import Database
from storage.people.access import Right, may
from storage.telegram_ids import PersonId
from storage.updates import user_state

INTERVAL = 2.0


class CheckInCodeUpdater:
    def __init__(
        self, database: Database, courier: Courier, context: AppContext, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._courier = courier
        self._context = context
        self._clock = clock

    async def show(self) -> bool:
        """Edits every picture whose code has changed; True if one is shown, which will change."""
        now = self._clock()
        async with self._database.reading() as session:
            shown = await check_ins.windows_shown(session)
        if not shown - {check_ins.window(now)}:
            return bool(shown)
        async with self._database.writing() as session:
            changed = await check_ins.to_change(session, now)
        for door in changed:
            edit = await self._edit(door, now)
            if edit is not None:
                await self._courier.send_all([edit])
        return True

    async def _edit(self, door: Door, now: datetime) -> Outgoing | None:
        async with self._database.reading() as session:
            row = await activities.find(session, door.activity_id)
            if row is None:
                return None
            reader = PersonId(door.chat_id)  # a code is shown in a private chat
            (standing,) = await user_state.standings(session, [reader], now)
            if not may(self._context.staff.roles_of(reader, standing.roles), Right.RUN_ACTIVITIES):
                return None  # the code that they have is over in a minute or two
            came = (await attendance.figures(session, [row.id]))[row.id].came
            link = self._context.link("ci_" + check_ins.code(session, row.id, check_ins.window(now)))
        language = standing.spoken or self._context.settings.organisation.language
        png = await self._context.ports.painter.qr_png(link, row.title)
        media = {
            "type": "photo",
            "media": "attach://code",
            "caption": door_caption(row.title, came, language),
            "parse_mode": "HTML",
        }
        button = presses.BEGIN_TYPING.button(translator(language)("⌨ Type a number or name"), row.id)
        params = {
            "chat_id": door.chat_id,
            "message_id": door.message_id,
            "media": media,
            "reply_markup": buttons_markup([[button]]),
        }
        return Outgoing("editMessageMedia", params, files={"code": File("code.png", png)}, minor=True)
