"""The page of a collective case: its cases, as far as the handler may see them, and what can be done with all."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.collective import collective_acts
from handlers.chat.press import Button, Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.formatting import ago
from storage.cases import collectives
from storage.cases.collectives import CollectiveCase
from storage.cases.ids import CollectiveId
from storage.cases.table import Case, CaseState, content_of
from storage.people.access import Right

PAGE = 8
_LAST_PAGE = 100
"""A button may be forged."""


def register(routes: Routes) -> None:
    routes.press(presses.SHOW_COLLECTIVE, show, right=Right.HANDLE_CASES, writes=False)
    routes.press(presses.CHOOSE_CASES, choose_cases, right=Right.HANDLE_CASES, writes=False)


async def show(talk: Talk, collective_id: CollectiveId, page: int) -> None:
    talk.edit(*await collective_page(talk, await collective_acts.found(talk, collective_id), page))


async def collective_page(talk: Talk, collective: CollectiveCase, page: int = 0) -> tuple[Markup, Buttons]:
    """Cases of others are named, but lead nowhere."""
    rows = await collectives.seen_of(talk.session, collective.id, talk.person.id)
    mine = [row for row in rows if row.assigned_to == talk.person.id]
    is_open = [row for row in mine if row.state != CaseState.CLOSED]
    shown, turns = _page_of(rows, page, collective.id)
    lines = [
        Markup("🔗 <b>{}</b> · {}").format(collective.number, collectives.title_of(talk.session, collective)),
        Markup("{}").format(counted(talk, rows)),
    ]
    if len(mine) < len(rows):
        said = talk._("Assigned to you: {n}. You can write to these and close them.").format(n=len(mine))
        lines.append(Markup("<i>{}</i>").format(said))
    lines += [_line(talk, row) for row in shown]
    opens = [presses.SHOW.button(row.number, row.id) for row in shown if row.assigned_to == talk.person.id]
    to_all = [
        [presses.BEGIN_WRITING_TO_ALL.button(talk._("📣 Write to all"), collective.id)],
        [presses.ASK_OUTCOME_OF_ALL.button(talk._("✔ Close all"), collective.id)],
    ]
    return Markup("\n").join(lines), [
        *(opens[at : at + 2] for at in range(0, len(opens), 2)),
        turns,
        *(to_all if is_open else []),
        [presses.CHOOSE_CASES.button(talk._("➕ Add cases"), collective.id, 0)],
        [presses.SHOW_MINE.button(talk._("◀ Back"))],
    ]


def counted(talk: Talk, rows: Sequence[Case]) -> str:
    """ "40 people in 42 cases": of those that the handler may see."""
    people = collectives.people_of(rows)
    return talk._("{people} in {cases}").format(
        people=talk.plural("{n} person", "{n} people", people).format(n=people),
        cases=talk.plural("{n} case", "{n} cases", len(rows)).format(n=len(rows)),
    )


def _line(talk: Talk, row: Case) -> Markup:
    parts = [words.mark(row) + row.number, words.state_words(row, talk.language, for_handler=True)]
    if row.state != CaseState.CLOSED and row.assigned_to != talk.person.id:
        parts.append(talk._("🗂 unassigned") if row.assigned_to is None else talk._("✋ assigned"))
    return Markup("{}").format(" · ".join(parts))


def _page_of(rows: Sequence[Case], page: int, collective_id: CollectiveId) -> tuple[Sequence[Case], list[Button]]:
    page = min(max(0, page), _LAST_PAGE)
    turns = [presses.SHOW_COLLECTIVE.button("◀", collective_id, page - 1)] if page else []
    turns += [presses.SHOW_COLLECTIVE.button("▶", collective_id, page + 1)] if len(rows) > (page + 1) * PAGE else []
    return rows[page * PAGE : (page + 1) * PAGE], turns


async def choose_cases(talk: Talk, collective_id: CollectiveId, page: int) -> None:
    talk.edit(*await candidates_page(talk, await collective_acts.found(talk, collective_id), page))


async def candidates_page(talk: Talk, collective: CollectiveCase, page: int = 0) -> tuple[Markup, Buttons]:
    """What is in hand and could be added, the most similar first."""
    page = min(max(0, page), _LAST_PAGE)
    alike, others = await collectives.candidates(talk.session, collective, talk.person.id)
    found = [*alike, *others]
    said = talk._("Which case is about the same? These are the open cases assigned to you, the most similar first.")
    if not found:
        said = talk._("You have no other open case at this desk. Take the cases first: /cases")
    shown = found[page * PAGE : (page + 1) * PAGE]
    turns = [presses.CHOOSE_CASES.button("◀", collective.id, page - 1)] if page else []
    turns += [presses.CHOOSE_CASES.button("▶", collective.id, page + 1)] if len(found) > (page + 1) * PAGE else []
    all_alike = talk._("➕ Add all of the same kind and platform: {n}").format(n=len(alike))
    lines = [Markup("{}").format(said), *(_matter_line(talk, row) for row in shown)]
    return Markup("\n").join(lines), [
        *([presses.ADD_CASE.button("➕ " + words.mark(row) + row.number, collective.id, row.id)] for row in shown),
        turns,
        [presses.ADD_ALIKE.button(all_alike, collective.id, len(alike))] if len(alike) > 1 else [],
        [presses.SHOW_COLLECTIVE.button(talk._("◀ Back"), collective.id, 0)],
    ]


def _matter_line(talk: Talk, row: Case) -> Markup:
    content = content_of(talk.session, row)
    kind = words.kind_words(talk.context, row, content, talk.language)
    parts = [kind, content.platform, ago(row.opened_at, talk.now, talk.language)]
    return Markup("<b>{}</b> · {}").format(row.number, " · ".join(filter(None, parts)))
