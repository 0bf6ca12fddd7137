"""From the opening of a survey to its publishing: by a coordinator's press, by the clock, or with its campaign."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import audit
from storage.campaigns import campaigns
from storage.campaigns.ids import CampaignId, SurveyId
from storage.campaigns.surveys import questions, roll, surveys, tallies
from storage.campaigns.surveys.audited import SurveyAction
from storage.campaigns.surveys.notices import SurveyOpened, SurveyPublished
from storage.campaigns.surveys.roll import RollRow
from storage.campaigns.surveys.surveys import State, Survey
from storage.coordination import wake_ups
from storage.coordination.wake_ups import WakeUp
from storage.deliveries import announcements
from storage.people.entitled import entitled
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.refusals import Refused, Repeated
from storage.telegram_ids import NOBODY, PersonId


class NoQuestions(Refused):
    """There is nothing to answer."""


class ClosesTooSoon(Refused):
    """The closing time has passed."""


class NotOpen(Repeated):
    """It is closed already, or has not been opened."""


class NotClosed(Refused):
    """Nobody sees the result before the close."""


class PublishedAlready(Repeated):
    """Riders see the result."""


async def open_(session: AsyncSession, survey_id: SurveyId, opener: PersonId, now: datetime) -> Survey:
    """From now on nothing of it changes; the clock lays down the roll (`carry_on`), then it can be answered.

    Raises:
        NoSuchSurvey, OpenedAlready, CampaignNotRunning, NoQuestions, ClosesTooSoon: see the classes.
    """
    row = await surveys.find_prepared(session, survey_id)
    await surveys.running_campaign(session, row.campaign_id)
    if not await questions.of_survey(session, survey_id):
        raise NoQuestions
    if row.closes_at <= now:
        raise ClosesTooSoon
    await tallies.lay_down(session, survey_id)
    row.state, row.opened_at = State.OPENING, now
    await note(session, opener, SurveyAction.SURVEY_OPENED, row, now)
    wake_ups.request(session, WakeUp.SURVEYS)
    return row


async def carry_on(session: AsyncSession, now: datetime, quiet_until: datetime | None) -> bool:
    """One step of laying down a roll or of clearing one away; False if there is nothing to do.

    Each id is looked at once, so people who join or leave meanwhile cause neither gaps nor duplicates. When the roll is
    complete, everybody is told, after quiet hours.
    """
    opening = select(Survey).where(Survey.state == State.OPENING).order_by(Survey.id).limit(1)
    row = await session.scalar(opening.with_for_update(skip_locked=True))
    if row is None:
        return await _clear_away(session)
    segment = Segment.parse((await campaigns.find(session, row.campaign_id)).segment)
    reached = await roll.lay_on(session, row.id, entitled(segment), row.roll_to, now)
    if reached is not None:
        row.roll_to = reached
        return True
    row.state, row.roll_to = State.OPEN, NOBODY
    if row.closes_at > now:
        announcements.announce(session, SurveyOpened(row.id), segment, Topic.SURVEYS, quiet_until or now)
    wake_ups.request(session, WakeUp.SURVEYS)
    return True


async def _clear_away(session: AsyncSession) -> bool:
    left = select(Survey.id).where(Survey.state == State.CLOSED, _has_roll()).limit(1)
    survey_id = await session.scalar(left)
    if survey_id is None:
        return False
    await roll.clear_some(session, survey_id)
    return True


def _has_roll() -> ColumnElement[bool]:
    return select(RollRow.person_id).where(RollRow.survey_id == Survey.id).exists()


async def close(session: AsyncSession, survey_id: SurveyId, closer: PersonId, now: datetime) -> Survey:
    """Nobody can answer any more, and the result can be seen. The clock then clears the roll away.

    Raises:
        NoSuchSurvey, NotOpen: see the classes.
    """
    row = await surveys.find_for_update(session, survey_id)
    if row.state is not State.OPEN:
        raise NotOpen
    await _close(session, row, closer, now)
    return row


async def _close(session: AsyncSession, row: Survey, closer: PersonId, now: datetime) -> None:
    row.roll_size, row.answered = await roll.sizes(session, row.id)
    await tallies.round_off(session, row.id)
    row.state, row.closes_at, row.roll_to = State.CLOSED, min(row.closes_at, now), NOBODY
    await note(session, closer, SurveyAction.SURVEY_CLOSED, row, now)
    wake_ups.request(session, WakeUp.SURVEYS)


async def close_due(session: AsyncSession, now: datetime) -> Survey | None:
    """Closes one whose time has come; None if there is none."""
    due = select(Survey).where(Survey.state == State.OPEN, Survey.closes_at <= now).order_by(Survey.id).limit(1)
    row = await session.scalar(due.with_for_update(skip_locked=True))
    if row is not None:
        await _close(session, row, audit.THE_CLOCK, now)
    return row


async def end_with_campaign(session: AsyncSession, campaign_id: CampaignId, ender: PersonId, now: datetime) -> None:
    """What was not opened is thrown away, what is open is closed."""
    for one in await surveys.of_campaign(session, campaign_id):
        row = await surveys.find_for_update(session, one.id)
        if row.state is State.PREPARED:
            await surveys.delete_prepared(session, row.id)
        elif row.state is not State.CLOSED:
            await _close(session, row, ender, now)


async def publish(
    session: AsyncSession, survey_id: SurveyId, publisher: PersonId, now: datetime, quiet_until: datetime | None
) -> Survey:
    """Everybody can see the result, and is told, after quiet hours.

    Raises:
        NoSuchSurvey, NotClosed, PublishedAlready: see the classes.
    """
    row = await surveys.find_for_update(session, survey_id)
    if row.state is not State.CLOSED:
        raise NotClosed
    if row.published_at is not None:
        raise PublishedAlready
    row.published_at = now
    segment = Segment.parse((await campaigns.find(session, row.campaign_id)).segment)
    announcements.announce(session, SurveyPublished(row.id), segment, Topic.SURVEYS, quiet_until or now)
    await note(session, publisher, SurveyAction.SURVEY_PUBLISHED, row, now)
    return row


async def note(session: AsyncSession, actor: PersonId, act: SurveyAction, row: Survey, now: datetime) -> None:
    """What was done to which survey, for the audit log."""
    await audit.note(session, actor, act, now, about=f"survey {row.id}: {row.title}")


async def next_due(session: AsyncSession) -> datetime | None:
    """When a roll is to be laid down or cleared away, or a survey closes."""
    waiting = (Survey.state == State.OPEN) | ((Survey.state == State.CLOSED) & _has_roll())
    closing = await session.scalar(select(func.min(Survey.closes_at)).where(waiting))
    opening = await session.scalar(select(func.min(Survey.opened_at)).where(Survey.state == State.OPENING))
    return min((moment for moment in (opening, closing) if moment is not None), default=None)
