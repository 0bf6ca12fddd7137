"""What the program does not load until it is needed: it would cost every start its time, every server its memory."""

from __future__ import annotations

import subprocess
import sys

RARELY_NEEDED = {
    "alembic": "a migration",
    "asyncpg": "PostgreSQL",
    "babel.messages": "a catalogue that was changed",
    "click": "nothing: httpx would, for a command line of its own",
    "pygments": "the same",
    "pyproj.crs": "nothing: only geodesics are",
    "rich": "the report of an import",
    "chinese_calendar": "the holidays of a year, once hours name them",
    "docx": "a draft agreement from a word processor",
    "fpdf": "a report to be printed",
    "geopy": "a geocoder in the config",
    "holidays": "holidays of another country",
    "icalendar": "a calendar file or feed",
    "jinja2": "a page for a browser",
    "phonenumbers": "a phone number that somebody gives",
    "PIL": "a picture",
    "pyshamir": "the keys of a ballot",
    "pyzipper": "an export",
    "segno": "a QR code",
    "stdnum": "an ID number that somebody gives",
}
"""By module: what needs it."""


def test_the_start_loads_nothing_that_is_rarely_needed() -> None:
    code = "import sys, bot.commands.cli, bot.process, bot.app; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert sorted(set(ran.stdout.split()) & set(RARELY_NEEDED)) == []
