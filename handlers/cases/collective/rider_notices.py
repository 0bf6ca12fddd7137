"""What riders hear of it when their case is joined to others: never whose these are, nor how many below 5."""

from __future__ import annotations

from markupsafe import Markup

from handlers.cases import presses
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from storage import disclosure
from storage.cases import collectives
from storage.cases.notices import CaseJoined, CaseSeparated
from storage.cases.table import Case


def register(routes: Routes) -> None:
    routes.notice(CaseJoined, joined_words, reader=RECIPIENT)
    routes.notice(CaseSeparated, separated_words, reader=RECIPIENT)


def joined_words(view: View, notice: CaseJoined) -> Page:
    said = view._(
        "🔗 Your case {number} is now part of collective case {collective}: cases about the same thing are handled "
        "together. Your conversation and your evidence stay yours alone: no other rider sees them or learns about you."
    ).format(number=notice.number, collective=notice.collective)
    return Markup("{}").format(said), [[presses.SHOW_CASE.button(view._("View"), notice.case_id)]]


def separated_words(view: View, notice: CaseSeparated) -> Page:
    said = view._("🔗 Your case {number} is handled on its own again.").format(number=notice.number)
    return Markup("{}").format(said), [[presses.SHOW_CASE.button(view._("View"), notice.case_id)]]


async def lines(talk: Talk, row: Case) -> list[Markup]:
    """On the rider's page of their case. It says the same whoever else is part of it, until there are MIN_CELL_SIZE."""
    number = await collectives.number_of(talk.session, row)
    if not number:
        return []
    said = talk._("🔗 Part of collective case {number}: handled together with others about the same thing.")
    lines = [Markup("{}").format(said.format(number=number))]
    people = disclosure.figure(await collectives.people_in(talk.session, row))
    if people is not disclosure.HIDDEN:
        lines.append(Markup("{}").format(talk._("It concerns about {n} people.").format(n=people)))
    return lines
