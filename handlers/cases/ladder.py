"""Where a case stands that is decided level by level, as whoever brought it and its reviewers see it."""

from __future__ import annotations

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.chat.press import Buttons
from handlers.chat.talk import Talk
from handlers.i18n.formatting import labelled
from storage.cases import levels
from storage.cases.desks import Level, in_language
from storage.cases.levels import CaseDecision, Verdict
from storage.cases.table import Case, CaseState, Outcome


async def lines(talk: Talk, row: Case) -> list[Markup]:
    """Each level on a line: decided when, since when it is there, or still to come."""
    desk = words.desk_of(talk.context, row)
    if not row.level or desk is None:
        return []
    decided = {one.level: one for one in await levels.decisions(talk.session, row.id)}
    shown = [_line(talk, row, at, level, decided.get(at)) for at, level in enumerate(desk.levels, start=1)]
    reasons = [levels.reason_of(talk.session, one) for one in decided.values()]
    return [Markup(""), *shown, *(words.quoted(reason) for reason in reasons if reason)]


def _line(talk: Talk, row: Case, at: int, level: Level, decided: CaseDecision | None) -> Markup:
    title = in_language(level.title, talk.language)
    if decided is not None and decided.verdict is Verdict.APPROVED:
        said = talk._("approved {when}").format(when=talk.view.moment(decided.at))
        return "✅ " + labelled(talk._, title, said)
    if decided is not None:
        said = talk._("refused {when}").format(when=talk.view.moment(decided.at))
        return "✖️ " + labelled(talk._, title, said)
    if at == row.level and row.state != CaseState.CLOSED:
        return _sign(row) + labelled(talk._, title, _since(talk, row))
    return Markup("▫️ {}").format(title)


def _sign(row: Case) -> str:
    return "💬 " if row.state == CaseState.RIDERS else "⏳ "


def _since(talk: Talk, row: Case) -> str:
    """Since when it is at its level; and whether it waits for an answer of whoever brought it."""
    since = talk._("since {when}").format(when=talk.view.moment(row.level_since or row.opened_at))
    asked = talk._("a question is waiting for an answer")
    return f"{since} · {asked}" if row.state == CaseState.RIDERS else since


def standing(talk: Talk, row: Case) -> Markup | None:
    """The same in one line: "H-2026-000001 · 2/3 City: since 24 Nov"; None if it has no levels."""
    desk = words.desk_of(talk.context, row)
    level = desk.level(row.level) if desk is not None else None
    if desk is None or level is None:
        return None
    heading = Markup("{} <b>{}</b>").format(desk.emoji, row.number)
    if row.state == CaseState.CLOSED:
        sign = {Outcome.APPROVED: "✅", Outcome.REFUSED: "✖️"}.get(row.outcome or Outcome.WITHDRAWN, "✔")
        said = words.state_words(row, talk.language)
        return Markup("{} {} · {}").format(sign, heading, said)
    place = f"{row.level}/{len(desk.levels)} {in_language(level.title, talk.language)}"
    return Markup("{}{} · {}").format(_sign(row), heading, labelled(talk._, place, _since(talk, row)))


def reviewer_buttons(talk: Talk, row: Case) -> Buttons:
    """What the reviewer decides."""
    return [
        [presses.ASK_TO_APPROVE.button(talk._("✅ Approve …"), row.id, row.level)],
        [
            presses.BEGIN_ASKING_BACK.button(talk._("💬 Ask for more"), row.id, row.level),
            presses.BEGIN_REFUSING.button(talk._("✖ Refuse …"), row.id, row.level),
        ],
    ]
