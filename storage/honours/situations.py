"""The yearly survey of the situation of honoured people: its questions, opening it, answering, who has answered.

An answer is somebody's, since it is asked so that they can be helped: it is kept sealed, and shown to those alone who
keep the register.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import sealed_columns
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import queue
from storage.dialects import add_new
from storage.honours import register
from storage.honours.ids import HonouredId, SituationId
from storage.honours.notices import SituationAsked, SituationReminder
from storage.honours.situation_table import SituationAnswer, SituationSurvey
from storage.honours.table import LIVING, Honoured
from storage.people.people import PersonRow
from storage.refusals import Refused
from storage.sealed_json import SealedJson
from storage.telegram_ids import PersonId

OPEN_FOR = timedelta(days=30)
REMINDED_AFTER = timedelta(days=10)
A_YEAR = timedelta(days=365)
TABLES = frozenset({SituationSurvey.__tablename__})
_PAGE = 200
_FILE = Path(__file__).parent / "situation.toml"


class SurveyClosed(Refused):
    """No survey of this kind is open."""


class SurveyedAlready(Refused):
    """There was a survey in this year."""


class SituationOption(NamedTuple):
    key: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SituationQuestion:
    """Texts are by language."""

    key: str
    title: Mapping[str, str]
    words: Mapping[str, str]
    options: Sequence[SituationOption]


@cache
def questions() -> Sequence[SituationQuestion]:
    """Of situation.toml, in their order."""
    found = tomllib.loads(_FILE.read_text("utf-8"))["questions"]
    return tuple(
        SituationQuestion(
            one["key"],
            one["title"],
            one["words"],
            tuple(SituationOption(option["key"], option["words"]) for option in one["options"]),
        )
        for one in found
    )


@dataclass(frozen=True, slots=True)
class Answer:
    """The options that were chosen, by question; and what they want to add."""

    chosen: Mapping[str, str] = field(default_factory=dict)
    words: str = ""


_JSON = SealedJson(Answer)


async def open_survey(session: AsyncSession, year: int, now: datetime, due: datetime) -> SituationSurvey:
    """Opens the survey of a year; everybody in the register with an account is told, when it is `due`.

    Raises:
        SurveyedAlready: see the class.
    """
    if not await add_new(session, SituationSurvey, year=year, opened_at=now, closes_at=now + OPEN_FOR):
        raise SurveyedAlready
    row = (await session.scalars(select(SituationSurvey).where(SituationSurvey.year == year))).one()
    await queue.tell_all(session, _with_account(), SituationAsked(row.id), due)
    wake_ups.request(session, WakeUp.HONOURS)
    return row


def _with_account(*more: ColumnElement[bool]) -> Select[PersonId]:
    linked = select(Honoured.person_id).where(Honoured.person_id.is_not(None), Honoured.state.in_(LIVING))
    return select(PersonRow.id).where(PersonRow.id.in_(linked), *more)


async def current(session: AsyncSession, now: datetime) -> SituationSurvey | None:
    """The survey that is open."""
    chosen = select(SituationSurvey).where(SituationSurvey.closes_at > now).order_by(SituationSurvey.id.desc())
    return await session.scalar(chosen.limit(1))


async def last(session: AsyncSession) -> SituationSurvey | None:
    return await session.scalar(select(SituationSurvey).order_by(SituationSurvey.id.desc()).limit(1))


async def close(session: AsyncSession, survey_id: SituationId, now: datetime) -> SituationSurvey:
    """Closes it before its time. Raises SurveyClosed."""
    row = await session.get(SituationSurvey, survey_id, with_for_update=True, populate_existing=True)
    if row is None or row.closes_at <= now:
        raise SurveyClosed
    row.closes_at = now
    return row


async def answer(
    session: AsyncSession, survey_id: SituationId, person_id: PersonId, given: Answer, now: datetime
) -> None:
    """Keeps what this person has answered, in place of what they answered before.

    Raises:
        SurveyClosed: also for somebody who is not in the register.
    """
    survey = await session.get(SituationSurvey, survey_id)
    mine = [one for one in await register.of_person(session, person_id) if one.state in LIVING]
    if survey is None or survey.closes_at <= now or not mine:
        raise SurveyClosed
    row = await _row_of(session, survey_id, [one.id for one in mine])
    if row is None:
        row = SituationAnswer(survey_id=survey_id, honoured_id=mine[0].id, content=b"", at=now)
        session.add(row)
    row.at = now
    sealed_columns.seal(session, row, SituationAnswer.content, _JSON.encode(given))


async def answer_of(session: AsyncSession, survey_id: SituationId, ids: Sequence[HonouredId]) -> Answer | None:
    """What somebody with these entries has answered; None if they have not."""
    row = await _row_of(session, survey_id, ids)
    return None if row is None else answer_in(session, row)


async def _row_of(session: AsyncSession, survey_id: SituationId, ids: Sequence[HonouredId]) -> SituationAnswer | None:
    """With whichever of somebody's entries it is kept: they may link others later."""
    answered = (SituationAnswer.survey_id == survey_id) & SituationAnswer.honoured_id.in_(ids)
    return await session.scalar(select(SituationAnswer).where(answered).order_by(SituationAnswer.at.desc()).limit(1))


def answer_in(session: AsyncSession, row: SituationAnswer) -> Answer:
    return _JSON.decode(sealed_columns.opened(session, row, SituationAnswer.content))


async def forget_answers(session: AsyncSession, person_id: PersonId) -> None:
    """All that this person has answered, in every year."""
    mine = select(Honoured.id).where(Honoured.person_id == person_id)
    await session.execute(delete(SituationAnswer).where(SituationAnswer.honoured_id.in_(mine)))


@dataclass(frozen=True, slots=True)
class Turnout:
    """Of people with an account in the register; `without_account` entries can be asked by a link alone."""

    answered: int
    asked: int
    without_account: int


async def turnout(session: AsyncSession, survey_id: SituationId) -> Turnout:
    answered = select(func.count()).where(SituationAnswer.survey_id == survey_id)
    asked = select(func.count()).select_from(_with_account().subquery())
    others = select(func.count(Honoured.id)).where(Honoured.person_id.is_(None), Honoured.state.in_(LIVING))
    return Turnout(*[await session.scalar(one) or 0 for one in (answered, asked, others)])


async def chosen_counts(session: AsyncSession, survey_id: SituationId) -> Counter[tuple[str, str]]:
    """How many chose which option, by question and option."""
    found: Counter[tuple[str, str]] = Counter()
    async for _, given in answers(session, survey_id):
        found.update(given.chosen.items())
    return found


async def answers(session: AsyncSession, survey_id: SituationId) -> AsyncIterator[tuple[HonouredId, Answer]]:
    """All answers to a survey, by entry."""
    after = HonouredId(0)
    chosen = select(SituationAnswer).where(SituationAnswer.survey_id == survey_id)
    chosen = chosen.order_by(SituationAnswer.honoured_id).limit(_PAGE)
    while page := (await session.scalars(chosen.where(SituationAnswer.honoured_id > after))).all():
        for row in page:
            yield row.honoured_id, answer_in(session, row)
        after = page[-1].honoured_id


async def copy_of(session: AsyncSession, person_id: PersonId) -> list[dict[str, object]]:
    mine = select(Honoured.id).where(Honoured.person_id == person_id)
    rows = await session.execute(
        select(SituationAnswer, SituationSurvey.year)
        .join(SituationSurvey, SituationSurvey.id == SituationAnswer.survey_id)
        .where(SituationAnswer.honoured_id.in_(mine))
    )
    return [{"year": year, "at": row.at, "answer": answer_in(session, row)} for row, year in rows]


# By the clock


async def remind(session: AsyncSession, now: datetime) -> None:
    """Those who have not answered hear of it once more."""
    due = (SituationSurvey.closes_at > now) & (SituationSurvey.opened_at <= now - REMINDED_AFTER)
    rows = await session.scalars(
        select(SituationSurvey).where(due, SituationSurvey.reminded_at.is_(None)).with_for_update(skip_locked=True)
    )
    for row in rows:
        row.reminded_at = now
        has_answered = (
            select(Honoured.person_id)
            .join(SituationAnswer, SituationAnswer.honoured_id == Honoured.id)
            .where(SituationAnswer.survey_id == row.id, Honoured.person_id.is_not(None))
        )
        rest = _with_account(PersonRow.id.not_in(has_answered))
        await queue.tell_all(session, rest, SituationReminder(row.id), now)


async def next_is_due(session: AsyncSession, now: datetime) -> int | None:
    """The year of the last survey, once a year has passed since; it is told once."""
    row = await last(session)
    if row is None or row.next_told_at is not None or row.opened_at > now - A_YEAR:
        return None
    row.next_told_at = now
    return row.year


async def next_due(session: AsyncSession) -> datetime | None:
    """When somebody is to be reminded next."""
    row = await last(session)
    if row is None:
        return None
    if row.reminded_at is None and row.closes_at > row.opened_at + REMINDED_AFTER:
        return row.opened_at + REMINDED_AFTER
    return None if row.next_told_at is not None else row.opened_at + A_YEAR
