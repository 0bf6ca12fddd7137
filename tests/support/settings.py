"""Settings and what the clock knows, as small as a test needs them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.app import App
from handlers import features
from handlers.chat.ports import Address, GeocodingFailed
from schedules.context import ClockContext
from storage.cases.desks import Desks
from storage.hours.quiet_hours import QuietHours
from storage.operations.organisation import CurrentSettings, Organisation, Settings
from storage.people.staff import Staff
from storage.privacy.retention import Retention

SHANGHAI = ZoneInfo("Asia/Shanghai")


def clock_context(
    kept: Retention | None = None, log_file: Path | None = None, desks: Desks | None = None
) -> ClockContext:
    """An organisation in China without staff, which is never quiet."""
    organisation = Organisation("Home", SHANGHAI, "zh_Hans", "CN", "12351")
    quiet = QuietHours.of("00:00-00:00", SHANGHAI)
    settings = Settings(organisation, quiet, kept or Retention(), desks=desks or {})
    return ClockContext(
        CurrentSettings(settings), Staff(), log_file=log_file, retention=features.retention(features.FEATURES)
    )


def change_settings(app: App, **values: object) -> None:
    """Replaces the snapshot in force."""
    app.services.context.current.replace(replace(app.services.context.settings, **values))  # type: ignore[arg-type]


class Gazetteer:
    """A geocoder that knows a hall and two streets, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def find(self, text: str, language: str) -> list[Address]:
        self.asked.append(text)
        if text == "silence":
            raise GeocodingFailed
        known = {"Hall": 1, "Street": 2}
        return [Address(f"{text} {n}", 37.43, 116.36) for n in range(known.get(text, 0))]
