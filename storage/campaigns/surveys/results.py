"""The result of a survey, as it may be shown: nothing of fewer than five people, all else rounded to fives.

Whatever is worked out by adding and subtracting what is shown, options against each other, parts against the whole or
against other parts, is a multiple of five, too (see storage/disclosure.py).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.campaigns.ids import SurveyId
from storage.campaigns.surveys import parts, questions, roll, surveys
from storage.campaigns.surveys.questions import SurveyQuestion
from storage.campaigns.surveys.running import NotClosed
from storage.campaigns.surveys.surveys import State, Survey
from storage.campaigns.surveys.tallies import ANSWERED, Tally
from storage.campaigns.surveys.wording import Wording
from storage.disclosure import MIN_CELL_SIZE, Figure, columns, figure

TURNOUT_FROM, TURNOUT_STEP = 20, 5
"""Turnout is told from so many people up, in steps of so many percent."""


@dataclass(frozen=True, slots=True)
class Part:
    """`figures` has one for each option."""

    label: str
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """`breakdowns` has the parts by the name of the breakdown."""

    wording: Wording
    figures: Sequence[Figure]
    breakdowns: Mapping[str, Sequence[Part]]


@dataclass(frozen=True, slots=True)
class Result:
    """`answered` is how many people answered anything, of `roll` who could."""

    survey: Survey
    answered: Figure
    roll: Figure
    turnout: int | None
    questions: Sequence[QuestionResult]


async def of_survey(session: AsyncSession, survey_id: SurveyId) -> Result:
    """Raises NoSuchSurvey, NotClosed: see the classes."""
    row = await surveys.find(session, survey_id)
    if row.state is not State.CLOSED:
        raise NotClosed
    asked = await questions.of_survey(session, survey_id)
    labels: dict[str, list[parts.SurveyPart]] = defaultdict(list)
    for part in await parts.of_survey(session, survey_id):
        labels[part.breakdown].append(part)
    counts = await _counts(session, asked)
    shown = [_shown(question, counts, labels) for question in asked]
    answered, could = figure(row.answered), figure(row.roll_size)
    return Result(row, answered, could, turnout(row.answered, row.roll_size), shown)


def _shown(
    question: SurveyQuestion,
    counts: Mapping[tuple[int, int, int], int],
    labels: Mapping[str, Sequence[parts.SurveyPart]],
) -> QuestionResult:
    wording = question.wording

    def figures(part: int) -> list[Figure]:
        return columns([counts.get((question.id, part, option), 0) for option in range(1, wording.size + 1)])

    by_name = {name: [Part(one.label, figures(one.number)) for one in theirs] for name, theirs in labels.items()}
    return QuestionResult(wording, figures(parts.EVERYBODY), by_name)


async def _counts(session: AsyncSession, asked: Sequence[SurveyQuestion]) -> dict[tuple[int, int, int], int]:
    """By question, part and option."""
    chosen = select(Tally.question_id, Tally.part, Tally.option, Tally.count.label("number"))
    of_these = chosen.where(Tally.question_id.in_([row.id for row in asked]), Tally.option != ANSWERED)
    rows = await session.execute(of_these)
    return {(row.question_id, row.part, row.option): row.number for row in rows}


async def turnout_so_far(session: AsyncSession, survey_id: SurveyId) -> int | None:
    """Of an open survey; see `turnout`."""
    could, answered = await roll.sizes(session, survey_id)
    return turnout(answered, could)


def turnout(answered: int, could: int) -> int | None:
    """In percent, down to a multiple of TURNOUT_STEP; None where fewer than TURNOUT_FROM people could answer, or fewer
    than five did."""
    if could < TURNOUT_FROM or answered < MIN_CELL_SIZE:
        return None
    return 100 * answered // could // TURNOUT_STEP * TURNOUT_STEP
