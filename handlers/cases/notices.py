"""What handlers, coordinators and admins are told of cases: numbers, never a word of what was said."""

from __future__ import annotations

from functools import partial

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.readers import ALERTED, DESK, HANDLER
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.readers import Reader, holding
from handlers.chat.routes import Routes
from handlers.chat.view import View
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from storage.cases.notices import (
    CaseDoubted,
    CaseEnded,
    CaseErased,
    CaseEvent,
    CaseGiven,
    CaseLate,
    CaseOrphaned,
    CaseReopened,
    CaseTaken,
    CaseUrgent,
    CaseUrgentLate,
    CaseWaits,
    InHandOf,
    RiderAway,
    RiderBack,
)
from storage.people.access import Right


def register(routes: Routes) -> None:
    for notice, (text, reader) in SENTENCES.items():
        routes.notice(notice, partial(_sentence, text), reader=reader)
    routes.notice(CaseWaits, new_words, reader=DESK)
    routes.notice(CaseLate, late_words, reader=ALERTED)
    routes.notice(CaseUrgent, urgent_words, reader=ALERTED)
    routes.notice(CaseUrgentLate, urgent_late_words, reader=ALERTED)


_ANY_HANDLER = holding(Right.HANDLE_CASES)
SENTENCES: dict[type[CaseEvent], tuple[str, Reader]] = {
    CaseEnded: (N_("✔ The rider has closed {number}."), HANDLER),
    CaseReopened: (N_("↺ The rider has reopened {number}. It is assigned to you."), HANDLER),
    CaseErased: (N_("🗑 The rider has erased all their data; {number} is gone."), _ANY_HANDLER),
    RiderAway: (
        N_("🚫 The rider of {number} can't be reached: they blocked the bot. Your messages will wait for them."),
        HANDLER,
    ),
    RiderBack: (N_("✅ The rider of {number} can be reached again; your messages are being delivered."), HANDLER),
    CaseGiven: (N_("➡ {number} is now assigned to you."), HANDLER),
    CaseTaken: (N_("➡ {number} is now assigned to someone else."), _ANY_HANDLER),
    CaseDoubted: (
        N_(
            "⚠️ Something other than the bot has changed {number} in the database. Nobody can open it until it is "
            "restored. Please tell whoever runs the server."
        ),
        holding(Right.ADMINISTER),
    ),
    CaseOrphaned: (N_("🗂 {number} is back in the queue: the person handling it no longer does so."), DESK),
}
"""What is only a sentence about a case, with a way to it where there is one; and who may read it. Whose case it was
can't be looked up any more once it is erased or in other hands."""


def _sentence(text: str, view: View, event: CaseEvent) -> Page:
    number = Markup("<b>{}</b>").format(event.number)
    opens = [[presses.SHOW.button(view._("View"), event.case_id)]] if event.case_id is not None else []
    return Markup(view._(text)).format(number=number), opens


def new_words(view: View, notice: CaseWaits) -> Page:
    """A new case waits: its number only."""
    sign, title = _desk(view, notice.desk)
    text = labelled(view._, f"{notice.mark}{sign} {title}", Markup("<b>{}</b>").format(notice.number))
    said = view._("A case is waiting to be taken.")
    if notice.level:
        said = view._("It is waiting for a decision: {level}").format(level=_level(view, notice))
    return Markup("{}\n{}").format(text, said), [
        [presses.CLAIM.button(view._("▶ Take"), notice.case_id)],
        _view_queue(view),
    ]


def _desk(view: View, desk: str) -> tuple[str, str]:
    """Its emoji and its title."""
    return words.desk_sign(view.context, desk), words.desk_title(view.context, desk, view.language)


def _level(view: View, notice: CaseWaits | CaseLate) -> str:
    return words.title_of_level(view.context, notice.desk, notice.level, view.language)


def _view_queue(view: View) -> list[Button]:
    return [presses.SHOW_DESKS_AGAIN.button(view._("View queue"))]


def late_words(view: View, notice: CaseLate) -> Page:
    _, title = _desk(view, notice.desk)
    said = view._("{number} ({desk}) has had no answer for {n} h.")
    if notice.level:
        said = view._("{number} ({desk}, {level}) has been waiting for a decision for {n} h.")
    said = said.format(
        number=notice.number,
        desk=title,
        n=notice.hours,
        level=_level(view, notice),
    )
    return "⏰ " + Markup("{}").format(said), [_view_queue(view)] if notice.opens else []


def urgent_words(view: View, notice: CaseUrgent) -> Page:
    """Somebody may be in danger: to all on duty, whoever has the case in hand."""
    sign, title = _desk(view, notice.desk)
    head = labelled(view._, f"{words.URGENT} {sign} {title}", Markup("<b>{}</b>").format(notice.number))
    said = view._("Someone may be in danger: this case contains warning signs. Please answer now.")
    if notice.in_hand_of is InHandOf.ANOTHER:
        said += "\n" + view._("It is assigned to someone else. If you can reach them, make sure they have seen it.")
    return Markup("\n").join([head, said]), [*_way_into(view, notice), _view_queue(view)]


def _way_into(view: View, notice: CaseUrgent) -> Buttons:
    match notice.in_hand_of:
        case InHandOf.NOBODY:
            return [[presses.CLAIM.button(view._("▶ Take"), notice.case_id)]]
        case InHandOf.READER:
            return [[presses.SHOW.button(view._("View"), notice.case_id)]]
        case InHandOf.ANOTHER:
            return []


def urgent_late_words(view: View, notice: CaseUrgentLate) -> Page:
    _, title = _desk(view, notice.desk)
    said = view._(
        "{number} ({desk}): someone may be in danger and has had no answer for {n} min. Please make "
        "sure that someone answers now."
    ).format(number=notice.number, desk=title, n=notice.minutes)
    return Markup("{} {}").format(words.URGENT, said), [_view_queue(view)] if notice.opens else []
