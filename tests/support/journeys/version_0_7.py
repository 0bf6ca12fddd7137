"""What the review of version 0.7 (commit 7474f00, November 2026) counted, and what that version was played for again.

The review counted each journey in one language; the characters in the other one were measured in the sandbox of that
commit, by the same rule. Its number is None where the review has "-".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Before:
    """`taps` and `messages` of somebody who makes no mistakes; `characters` by language."""

    taps: int | None
    messages: int | None
    zh: int | None
    en: int | None
    note: str = ""

    def characters(self, language: str) -> int | None:
        return self.zh if language == "zh" else self.en


BEFORE = {
    1: Before(3, 0, 86, 226),
    2: Before(5, 0, 6, 17, "The review has 2 to 6 for its parts; these steps took 5 in 0.7."),
    3: Before(3, 0, 322, 504, "The review has no characters; these are those of the list (of its journey 1)."),
    4: Before(3, 1, 199, 259),
    5: Before(4, 1, 250, 325),
    6: Before(0, 0, 48, 63, "The review's 43 characters are those of a shorter title."),
    7: Before(8, 3, 319, 913),
    8: Before(2, 0, 11, 28),
    9: Before(10, 2, 352, 972),
    10: Before(5, 2, 359, 1000),
    11: Before(
        8, 3, 346, 984, "The review has 6+3; with a save and a resume, the form of 0.7 took 8+3 when played again."
    ),
    12: Before(6, 2, 323, 882),
    13: Before(3, 2, 35, 138),
    14: Before(5, 5, 14, 46),
    15: Before(1, 1, 30, 96, "The review's 27 characters are without the question which activity it is."),
    16: Before(None, None, None, None, "The review has no clean count; not in the sums."),
    17: Before(4, 1, 339, 864),
    18: Before(1, 1, 28, 28, "The review has no characters; measured."),
}
