"""Desks where people are helped: data (bot/config/desks.toml), so that an organisation adds one without code."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from storage.people.access import Role
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
    PLACE = "place"  # the same: the unit or city by which reviewers are assigned
    PLATFORM = "platform"  # one of the organisation's list, or written
    DATE = "date"  # a day, or "not sure"; time limits count from it
    TEXT = "text"  # one message
    PARTS = "parts"  # as many messages as wanted: words, pictures, documents, voice
    NAME = "name"  # how the handler may call the person; may be withheld
    NUMBER = "number"  # a whole number between the least and the most
    ID_NUMBER = "id_number"  # of an identity document, checked
    PHONE = "phone"  # a phone number, checked
    FILES = "files"  # a document: as many pictures or files as wanted, at least one, and no words
    ANONYMOUS = "anonymous"  # whether the case is kept without the person at all


class Option(NamedTuple):
    key: str
    words: Words
    limits: Sequence[str] = ()
    """Of a kind: the time limits that may apply (storage/cases/time_limits.toml)."""
    today: Words = MappingProxyType({})
    """Of a kind: what to do today, a step a line, in place of the page of storage/cases/answers."""
    source: Words = MappingProxyType({})
    """Of `today`: the law that it states."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One question; `title` is how it is called in the summary. A text has `least` to `most` characters, a number lies
    between them (0: as usual)."""

    key: str
    type: AskType
    title: Words
    words: Words
    optional: bool = False
    choices: Sequence[Option] = ()
    example: Words = field(default_factory=dict)
    """What a good answer looks like."""
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a desk's review: who decides at it, and how long they may take for it.

    `reviewers` decide about all places, those of `by_place` about their own alone. Nobody named at all means everybody
    who may handle cases of the desk. Nobody decides on the same case at two levels.
    """

    key: str
    title: Words
    within: timedelta
    reviewers: frozenset[PersonId] = frozenset()
    by_place: Mapping[str, frozenset[PersonId]] = field(default_factory=dict)

    def places_of(self, person_id: PersonId) -> frozenset[str] | None:
        """Of which places this person decides the cases; None: of all. A case that names no place is for `reviewers`,
        and where there are none, for everybody who is named."""
        if person_id in self.reviewers or not (self.reviewers or self.by_place):
            return None
        own = {place for place, people in self.by_place.items() if person_id in people}
        return frozenset({*own, ""} if own and not self.reviewers else own)


class Canned(NamedTuple):
    """An answer that is used often; {blanks} in its words are filled in before it is sent."""

    title: str
    words: Words


@dataclass(frozen=True, slots=True)
class Desk:
    """One desk.

    `escalation_after` says after how long without an answer the handlers, then the coordinators, then the admins are
    told; the first of these times is the desk's target. No `handlers` means everybody with the role counsel. `forum` is
    the group whose topics serve as the desk's inbox. With `levels`, a case goes through all of them, one after the
    other.
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
    levels: Sequence[Level] = ()
    """Where a case is decided level by level; empty: whoever takes it decides alone."""
    feature: str = ""
    """The feature whose page leads here, and by whose switch in [features] it is closed; empty: it stands alone."""

    def is_handled_by(self, person_id: PersonId, level: int = 0, place: str | None = None) -> bool:
        """Of those who may handle cases; at the level of a case (0: at any), and about its place (None: about any)."""
        if self.handlers and person_id not in self.handlers:
            return False
        return not self.levels or any(
            places is None or (bool(places) if place is None else place in places)
            for at, places in self.scope_of(person_id).items()
            if level == 0 or at == min(level, len(self.levels))
        )

    def scope_of(self, person_id: PersonId) -> Scope:
        """At which levels they decide, and about which places, of those who may handle cases."""
        if self.handlers and person_id not in self.handlers:
            return {}
        if not self.levels:
            return {0: None}
        places = {at: one.places_of(person_id) for at, one in enumerate(self.levels, start=1)}
        return {at: some for at, some in places.items() if some is None or some}

    @property
    def place_ask(self) -> Ask | None:
        """The question for the place, where reviewers can be assigned by it."""
        return next((one for one in self.asks if one.type is AskType.PLACE), None)

    def level(self, number: int) -> Level | None:
        """None: the case or the desk has none. Where the desk has fewer by now, its last one stands for those above."""
        return self.levels[min(number, len(self.levels)) - 1] if number and self.levels else None

    @property
    def handled_in(self) -> frozenset[Role]:
        """The roles in which somebody may take care of its cases."""
        return frozenset({Role.COUNSEL, Role.REVIEWER} if self.levels else {Role.COUNSEL})

    def spans(self, level: int) -> Sequence[timedelta]:
        """After how long without an answer, or a decision at this level, somebody hears of it: each time more."""
        found = self.level(level)
        return self.escalation_after if found is None else [found.within * times for times in (1, 2, 3)]

    def kind(self, key: str) -> Option | None:
        return next((one for one in self.kinds if one.key == key), None)

    @property
    def purpose(self) -> str:
        """Under which its consents are kept."""
        return f"desk_{self.key}"


Scope = Mapping[int, frozenset[str] | None]
"""Levels, and at each of them the keys of the places (None: all)."""

Desks = Mapping[str, Desk]
