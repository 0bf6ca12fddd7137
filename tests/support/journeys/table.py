"""docs/journeys.md: what was counted, beside version 0.7."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tests.support.journeys.phone import LANGUAGES, Count
from tests.support.journeys.played import JOURNEYS
from tests.support.journeys.version_0_7 import BEFORE

FILE = Path(__file__).parents[3] / "docs" / "journeys.md"
Counts = Mapping[int, Mapping[str, Count]]
"""By journey and language."""

_HEAD = """# The journeys of users, counted

Written by `make journeys`, which plays them in the sandbox's page (Chromium, 360 x 740), in both languages. Beside what
is counted stands what a review counted in version 0.7 for somebody who makes no mistakes.

- **Taps** are presses of the bot's buttons, of keys below the chat, of the start button, and of what a dialog of the
  phone needs (send this location, choose this person).
- **Messages** are what was typed or attached, commands included.
- **Characters** are those that the bot says in answer to the first thing that is done (in journey 6, the reminder; in
  8, the notice; in 14, the answer to "New activity"; in 15, up to the code): the text of all its messages as it stands
  on the screen without unfolding anything, spaces included, buttons and pins not. Of a folded quote three lines count,
  as Telegram shows it. The review counted the same texts, which 0.7 did not fold.

"""
_REST = """The aim was a third less of all together, and nothing worse. Taps and messages fell by less: what is left of
them are consents, confirmations, choices that differ for everybody, and the words of the person themselves.

"""


def write(counts: Counts) -> None:
    FILE.write_text(f"{_HEAD}{_table(counts)}\n{_together(counts)}\n{_notes()}", "utf-8")


def _table(counts: Counts) -> str:
    lines = [
        "| # | journey | taps, 0.7 | now | messages, 0.7 | now | characters zh, 0.7 | now | characters en, 0.7 | now |",
        "| - | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for journey in JOURNEYS:
        now, before = counts[journey.number], BEFORE[journey.number]
        cells = [before.taps, _both(now, lambda count: count.taps)]
        cells += [before.messages, _both(now, lambda count: count.messages)]
        for language in LANGUAGES:
            cells += [before.characters(language), now[language].characters]
        lines.append(f"| {journey.number} | {journey.title}: {journey.steps} | {' | '.join(map(_cell, cells))} |")
    lines.append(f"| | **sum of those compared** | {' | '.join(map(str, _sums(counts)))} |")
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    return "-" if value is None else str(value)


def _both(now: Mapping[str, Count], figure: Callable[[Count], int]) -> str:
    """One number where the languages agree."""
    return " / ".join(dict.fromkeys(str(figure(now[language])) for language in LANGUAGES))


def _sums(counts: Counts) -> list[str]:
    """Over the journeys for which there is a number of 0.7."""
    cells = []
    for then, now in _compared(counts):
        cells += [str(then), f"{now} ({_change(then, now)})"]
    return cells


def _compared(counts: Counts) -> list[tuple[int, int]]:
    """(0.7, now): of taps, of messages, and of the characters in each language."""
    rows = [(BEFORE[number], now) for number, now in counts.items()]
    pairs: list[list[tuple[int | None, int | None]]] = [
        [(before.taps, now["zh"].taps) for before, now in rows],
        [(before.messages, now["zh"].messages) for before, now in rows],
        *[[(before.characters(code), now[code].characters) for before, now in rows] for code in LANGUAGES],
    ]
    known = [[(then, now or 0) for then, now in pair if then is not None] for pair in pairs]
    return [(sum(then for then, _ in pair), sum(now for _, now in pair)) for pair in known]


def _together(counts: Counts) -> str:
    taps, messages, *characters = _compared(counts)
    said = []
    for code, read in zip(LANGUAGES, characters, strict=True):
        then, now = (sum(one[at] for one in (taps, messages, read)) for at in (0, 1))
        said.append(f"{then} and {now} in {code} ({_change(then, now)})")
    return f"Taps, messages and characters together: {', '.join(said)}.\n"


def _change(then: int, now: int) -> str:
    return f"{100 * now / then - 100:+.1f} %"


def _notes() -> str:
    return _REST + "".join(f"- Journey {number}: {before.note}\n" for number, before in BEFORE.items() if before.note)
