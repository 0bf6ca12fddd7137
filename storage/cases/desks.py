"""Desks where people are helped: data (bot/config/desks.toml), so that an organisation adds one without code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from storage.telegram_ids import PersonId


class EvidenceQuota(NamedTuple):
    """How much evidence a desk takes, in bytes: of a case, of a person within a day, of all its cases together."""

    case_files: int = 50
    case_bytes: int = 100 << 20
    person_bytes: int = 100 << 20
    desk_bytes: int = 20 << 30


Words = Mapping[str, str]
"""By language. Who has no word in theirs reads the first."""


def in_language(words: Words, language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


class AskType(StrEnum):
    """What a question of a desk's form takes for an answer."""

    KIND = "kind"  # one of the desk's kinds
    CHOICE = "choice"  # one of its own choices
    PLATFORM = "platform"  # one of the organisation's list, or written
    DATE = "date"  # a day, or "not sure"; time limits count from it
    TEXT = "text"  # one message
    PARTS = "parts"  # as many messages as wanted: words, pictures, documents, voice
    NAME = "name"  # how the handler may call the person; may be withheld
    ANONYMOUS = "anonymous"  # whether the case is kept without the person at all


class Option(NamedTuple):
    key: str
    words: Words
    limits: Sequence[str] = ()
    """Of a kind: the time limits that may apply (storage/cases/time_limits.toml)."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question; `title` is how it is called in the summary."""

    key: str
    type: AskType
    title: Words
    words: Words
    optional: bool = False
    choices: Sequence[Option] = ()


class Canned(NamedTuple):
    """An answer that is used often; {blanks} in its words are filled in before it is sent."""

    title: str
    words: Words


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk.

    `escalation_after` says after how long without an answer the handlers, then the coordinators, then the admins are
    told; the first of these times is the desk's target. No `handlers` means everybody with the role counsel. `forum` is
    the group whose topics serve as the desk's inbox.
    """

    key: str
    command: str
    prefix: str
    emoji: str
    title: Words
    about: Words
    intro: Words
    next_steps: Words
    asks: Sequence[Ask]
    used_for: Words = field(default_factory=dict)
    """What becomes of what people write there, as its consent says it; if empty, "to help you with this matter"."""
    keywords: Words = field(default_factory=dict)
    """Whoever writes one of these, separated by commas, without being asked for anything, is offered the desk."""
    answered_by: Words = field(default_factory=dict)
    """Who answers, as riders read it; if empty, "your case handler"."""
    kinds: Sequence[Option] = ()
    hotlines: Sequence[str] = ()
    handlers: frozenset[PersonId] = frozenset()
    escalation_after: Sequence[timedelta] = (timedelta(hours=24), timedelta(hours=48), timedelta(hours=72))
    working_days: bool = False
    answers: Sequence[Canned] = ()
    crisis_words: Sequence[str] = ()
    """Words of danger of the organisation's own, beside those of storage/emergency/danger_words.toml."""
    emergency: Words = field(default_factory=dict)
    """What is said to them in place of the numbers of storage/emergency/emergency_numbers.toml."""
    crisis: bool = False
    """Whether somebody in danger is sent here."""
    urgent_within: timedelta = timedelta(minutes=30)
    """The target where somebody may be in danger; after it coordinators and admins are told too."""
    forum: int = 0
    daily_limit: int = 5
    """Cases that one person may bring within a day."""
    evidence: EvidenceQuota = field(default_factory=EvidenceQuota)

    def is_handled_by(self, person_id: PersonId) -> bool:
        """Of those who may handle cases."""
        return not self.handlers or person_id in self.handlers

    def kind(self, key: str) -> Option | None:
        return next((one for one in self.kinds if one.key == key), None)

    @property
    def purpose(self) -> str:
        """Under which its consents are kept."""
        return f"desk_{self.key}"


Desks = Mapping[str, Desk]
