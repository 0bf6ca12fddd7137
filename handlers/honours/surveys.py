"""The survey of the situation as those see it who keep the register: opening it, how many have answered what."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.chat.confirming import ask_first
from handlers.chat.press import Button, InvalidCallback, Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.honours import presses
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import number
from storage import audit
from storage.cases.desks import in_language
from storage.honours import situations
from storage.honours.audited import HonourAction
from storage.honours.ids import SituationId
from storage.honours.notices import SituationDue
from storage.honours.situation_table import SituationSurvey
from storage.people.access import Right

_RIGHT = Right.KEEP_HONOURS


def register_routes(routes: Routes) -> None:
    routes.press(presses.SITUATION, show, right=_RIGHT, writes=False)
    routes.press(presses.ASK_TO_OPEN_SITUATION, ask_to_open, right=_RIGHT, writes=False)
    routes.press(presses.OPEN_SITUATION, open_survey, right=_RIGHT)
    routes.press(presses.ASK_TO_CLOSE_SITUATION, ask_to_close, right=_RIGHT, writes=False)
    routes.press(presses.CLOSE_SITUATION, close, right=_RIGHT)
    routes.notice(SituationDue, due_words, reader=holding(_RIGHT))


async def show(talk: Talk) -> None:
    talk.edit(*await _page(talk))


async def _page(talk: Talk) -> Page:
    survey = await situations.last(talk.session)
    lines = [Markup("📋 <b>{}</b>").format(talk._("Yearly survey of their situation"))]
    rows: list[Sequence[Button]] = []
    if survey is None:
        lines.append(Markup.escape(talk._("There hasn't been one yet.")))
    else:
        lines += await _survey_lines(talk, survey)
        if survey.closes_at > talk.now:
            rows.append([presses.ASK_TO_CLOSE_SITUATION.button(talk._("⏹ Close it …"), survey.id)])
    year = talk.local_today.year
    if survey is None or survey.year < year:
        rows.append([presses.ASK_TO_OPEN_SITUATION.button(talk._("▶ Open it for {year} …").format(year=year), year)])
    return Markup("\n").join(lines), [*rows, [presses.PAGE.button(talk._("◀ Back"))]]


async def _survey_lines(talk: Talk, survey: SituationSurvey) -> list[Markup]:
    """How many answered, and what, without names: these stand with each entry."""
    turnout = await situations.turnout(talk.session, survey.id)
    is_open = survey.closes_at > talk.now
    state = talk._("open until {when}") if is_open else talk._("closed {when}")
    counts = await situations.chosen_counts(talk.session, survey.id)
    lines = [
        labelled(talk._, str(survey.year), state.format(when=talk.view.end(survey.closes_at))),
        Markup.escape(
            talk._("{answered} of {asked} with an account have answered.").format(
                answered=number(turnout.answered, talk.language), asked=number(turnout.asked, talk.language)
            )
        ),
    ]
    if turnout.without_account:
        said = talk._("Entries without an account: {n}. Give these people their personal link, on the entry's page.")
        lines.append(Markup.escape(said.format(n=number(turnout.without_account, talk.language))))
    for question in situations.questions():
        said = " · ".join(
            f"{in_language(option.words, talk.language)} {number(counts[question.key, option.key], talk.language)}"
            for option in question.options
        )
        lines.append("• " + labelled(talk._, in_language(question.title, talk.language), said))
    return lines


async def ask_to_open(talk: Talk, year: int) -> None:
    asks = talk._(
        "Open the survey for {year}? Everyone in the register with an account is told, and can answer for 30 days."
    )
    go = presses.OPEN_SITUATION.button(talk._("▶ Open it and tell them"), year)
    ask_first(talk, asks.format(year=year), go, presses.SITUATION.button(talk._("Not yet")))


async def open_survey(talk: Talk, year: int) -> None:
    """Nobody is woken up for it."""
    due = talk.context.settings.quiet_hours.until(talk.now) or talk.now
    if year != talk.local_today.year:
        raise InvalidCallback
    row = await situations.open_survey(talk.session, year, talk.now, due)
    await audit.note(talk.session, talk.person.id, HonourAction.SITUATION_OPENED, talk.now, about=f"{row.year}")
    talk.edit(*await _page(talk))


async def ask_to_close(talk: Talk, survey_id: SituationId) -> None:
    go = presses.CLOSE_SITUATION.button(talk._("⏹ Close it"), survey_id)
    asks = talk._("Close the survey now? Nobody can answer any more.")
    ask_first(talk, asks, go, presses.SITUATION.button(talk._("Not yet")))


async def close(talk: Talk, survey_id: SituationId) -> None:
    row = await situations.close(talk.session, survey_id, talk.now)
    await audit.note(talk.session, talk.person.id, HonourAction.SITUATION_CLOSED, talk.now, about=f"{row.year}")
    talk.edit(*await _page(talk))


def due_words(view: View, notice: SituationDue) -> Page:
    said = view._("A year has passed since the last survey of honoured people ({year}).").format(year=notice.year)
    return Markup("📋 {}").format(said), [[presses.SITUATION.button(view._("📋 Yearly survey"))]]
