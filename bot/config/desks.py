"""Desks as they stand in the config: bot/config/desks.toml, with what config.toml changes or adds."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from bot.config.values import Duration, Durations, Ids
from storage.cases.desks import Ask, AskType, Canned, Desk, EvidenceQuota, Level, Option
from storage.plain_text import clean, clean_paragraph

_FILE = Path(__file__).parent / "desks.toml"
_LANGUAGE = r"^[a-z]{2}(_[A-Z][a-z]+)?$"


def _normalised(clean_text: Callable[[str], str]) -> BeforeValidator:
    """Texts of the config are kept as those that people write are; what shows nothing is refused."""

    def normalise(text: object) -> object:
        if not isinstance(text, str):
            return text
        cleaned = clean_text(text)
        if text and not cleaned:
            raise ValueError("it has no visible characters")
        return cleaned

    return BeforeValidator(normalise)


Line = Annotated[str, Field(min_length=1), _normalised(clean)]
_Paragraphs = Annotated[str, Field(min_length=1, max_length=1_500), _normalised(clean_paragraph)]
_Language = Annotated[str, Field(pattern=_LANGUAGE)]
ByLanguage = Annotated[dict[_Language, _Paragraphs], Field(min_length=1)]
TitleByLanguage = Annotated[dict[_Language, Annotated[Line, Field(max_length=1_500)]], Field(min_length=1)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,14}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class OptionPart(_Part):
    key: Key
    words: ByLanguage
    limits: list[str] = []
    today: ByLanguage | None = None
    source: ByLanguage | None = None


class AskPart(_Part):
    key: Key
    type: AskType
    title: TitleByLanguage
    words: ByLanguage
    optional: bool = False
    choices: list[OptionPart] = []
    example: TitleByLanguage | None = None
    least: int = Field(0, ge=0, le=9_999)
    most: int = Field(0, ge=0, le=9_999)


class LevelPart(_Part):
    key: Key
    title: TitleByLanguage
    within: Duration
    reviewers: Ids = []
    by_place: dict[Key, Ids] = {}


class CannedPart(_Part):
    title: Annotated[Line, Field(max_length=40)]
    words: ByLanguage


class DeskSection(_Part):
    enabled: bool = True
    command: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    prefix: str = Field(pattern=r"^[A-Z]{1,4}$")
    emoji: Line = "💬"
    title: TitleByLanguage
    about: ByLanguage
    intro: ByLanguage
    next_steps: ByLanguage
    used_for: TitleByLanguage | None = None
    answered_by: TitleByLanguage | None = None
    keywords: TitleByLanguage | None = None
    asks: list[AskPart] = Field(min_length=1)
    kinds: list[OptionPart] = []
    hotlines: list[Line] = []
    handlers: Ids = []
    escalation_after: Durations = Field([timedelta(days=days) for days in (1, 2, 3)], min_length=3, max_length=3)
    working_days: bool = False
    answers: list[CannedPart] = []
    crisis_words: list[Line] = []
    emergency: ByLanguage | None = None
    crisis: bool = False
    urgent_within: Duration = timedelta(minutes=30)
    forum: int = Field(0, le=0)
    daily_limit: int = Field(5, ge=1, le=1_000)
    feature: str = ""
    levels: list[LevelPart] = Field([], max_length=9)
    evidence_files_per_case: int = Field(50, ge=0, le=1_000)
    evidence_mb_per_case: int = Field(100, ge=0, le=10_000)
    evidence_mb_per_day: int = Field(100, ge=0, le=10_000)
    evidence_mb_in_all: int = Field(20 << 10, ge=0)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        keys = [ask.key for ask in self.asks]
        if len(set(keys)) != len(keys):
            raise ValueError("two questions have the same key")
        if any(ask.type is AskType.KIND for ask in self.asks) and not self.kinds:
            raise ValueError("a question asks for the kind, but there are no kinds")
        if any(ask.type in (AskType.CHOICE, AskType.PLACE) and not ask.choices for ask in self.asks):
            raise ValueError("a question of type choice or place needs choices")
        self._check_places()
        if len({level.key for level in self.levels}) != len(self.levels):
            raise ValueError("two levels have the same key")
        if any(level.within < timedelta(minutes=1) for level in self.levels):
            raise ValueError("within of a level must be 1m or more")
        if self.levels and any(ask.type is AskType.ANONYMOUS for ask in self.asks):
            raise ValueError("a desk with levels can't take anonymous cases: nobody could be told what was decided")
        if any(ask.most and ask.most < ask.least for ask in self.asks):
            raise ValueError("a question's most is below its least")
        if self.crisis and all(ask.type is not AskType.PARTS for ask in self.asks):
            raise ValueError("a desk for people in danger needs a question of type parts")
        if not timedelta(minutes=1) <= self.urgent_within <= timedelta(days=1):
            raise ValueError("urgent_within must be between 1m and 1d")
        return self

    def _check_places(self) -> None:
        """Raises ValueError: a level's `by_place` names no choice, or leaves a place without a reviewer."""
        asks = [ask for ask in self.asks if ask.type is AskType.PLACE]
        if len(asks) > 1:
            raise ValueError("a desk has one question of type place at most")
        places = {choice.key for choice in asks[0].choices} if asks else set()
        for level in self.levels:
            if level.by_place.keys() - places:
                raise ValueError(f"by_place of level {level.key} needs a question of type place with these choices")
            named = {place for place, people in level.by_place.items() if people}
            if level.by_place and not level.reviewers and named != places:
                raise ValueError(f"level {level.key}: a place has no reviewer; name one, or reviewers for all places")


@cache
def built_in() -> Mapping[str, Any]:
    """The tables of bot/config/desks.toml by key."""
    found: dict[str, Any] = tomllib.loads(_FILE.read_text("utf-8"))["desks"]
    return found


def merged(changes: object) -> dict[str, Any]:
    """The desks of bot/config/desks.toml with those of config.toml over them, key by key."""
    given = changes if isinstance(changes, dict) else {}
    desks = {key: dict(values) for key, values in built_in().items()}
    for key, values in given.items():
        desks[key] = {**desks.get(key, {}), **values} if isinstance(values, dict) else values
    return desks


def _quota(section: DeskSection) -> EvidenceQuota:
    return EvidenceQuota(
        section.evidence_files_per_case,
        section.evidence_mb_per_case << 20,
        section.evidence_mb_per_day << 20,
        section.evidence_mb_in_all << 20,
    )


def _level(part: LevelPart) -> Level:
    by_place = {place: frozenset(people) for place, people in part.by_place.items()}
    return Level(part.key, part.title, part.within, frozenset(part.reviewers), by_place)


def desk(key: str, section: DeskSection) -> Desk:
    def options(parts: list[OptionPart]) -> tuple[Option, ...]:
        return tuple(
            Option(part.key, part.words, tuple(part.limits), part.today or {}, part.source or {}) for part in parts
        )

    return Desk(
        key=key,
        command=section.command,
        prefix=section.prefix,
        emoji=section.emoji,
        title=section.title,
        about=section.about,
        intro=section.intro,
        next_steps=section.next_steps,
        asks=tuple(
            Ask(
                key=part.key,
                type=part.type,
                title=part.title,
                words=part.words,
                optional=part.optional,
                choices=options(part.choices),
                example=part.example or {},
                least=part.least,
                most=part.most,
            )
            for part in section.asks
        ),
        used_for=section.used_for or {},
        answered_by=section.answered_by or {},
        keywords=section.keywords or {},
        kinds=options(section.kinds),
        hotlines=tuple(section.hotlines),
        handlers=frozenset(section.handlers),
        escalation_after=tuple(section.escalation_after),
        working_days=section.working_days,
        answers=tuple(Canned(part.title, part.words) for part in section.answers),
        crisis_words=tuple(section.crisis_words),
        emergency=section.emergency or {},
        crisis=section.crisis,
        urgent_within=section.urgent_within,
        forum=section.forum,
        daily_limit=section.daily_limit,
        evidence=_quota(section),
        levels=tuple(map(_level, section.levels)),
        feature=section.feature,
    )


def desks(sections: Mapping[str, DeskSection], off: Collection[str] = ()) -> dict[str, Desk]:
    """By key, those that are switched on; `off` are the features that the organisation has switched off."""
    return {
        key: desk(key, section)
        for key, section in sections.items()
        if section.enabled and not (section.feature and section.feature in off)
    }


RESERVED = frozenset(
    {
        "start",
        "help",
        "id",
        "station",
        "activities",
        "join",
        "leave",
        "my",
        "language",
        "privacy",
        "cancel",
        "console",
        "broadcast",
        "activity",
        "voice",
        "pay",
        "heat",
        "sos",
        "contests",
        "honours",
        "contest",
        "agreement",
        "campaign",
        "ballots",
        "reviews",
        "checkin",
        "stats",
        "cases",
        "role",
        "station_add",
        "import",
        "export",
        "block",
        "audit",
        "system",
        "settings",
    }
)
"""The bot's own commands."""
RESERVED_PREFIXES = {"A": "the receipts of applications"}
"""Numbers like A-2026-000001 that are no case's."""


def desk_faults(sections: Mapping[str, DeskSection]) -> list[str]:
    """Where two desks, or a desk and the bot, want the same command or prefix: one sentence each."""
    faults, commands, prefixes = [], dict.fromkeys(RESERVED, "the bot itself"), dict(RESERVED_PREFIXES)
    for key, section in sections.items():
        if not section.enabled:
            continue
        for taken, name, value in ((commands, "command", section.command), (prefixes, "prefix", section.prefix)):
            if name == "command" and section.feature == value:
                continue
            if value in taken:
                faults.append(f"desks.{key}.{name}: {value!r} is taken by {taken[value]}")
            taken[value] = f"desks.{key}"
    return faults
