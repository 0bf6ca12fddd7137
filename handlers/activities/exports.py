"""Activities and their attendees as files."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.feature import OpenExport, PersonalExport
from handlers.csv_files import sheet
from handlers.i18n.translations import N_
from storage.privacy import exports


async def _activities(session: AsyncSession, zone: ZoneInfo) -> bytes:
    return sheet(*await exports.activities(session, zone))


EXPORTS = (
    OpenExport("activities", N_("🏀 Activities"), "activities.csv", _activities),
    PersonalExport("attendance", N_("🔐 Attendees"), exports.attendance),
)
