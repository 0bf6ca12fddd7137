"""What handlers, coordinators and admins are told of cases: numbers, never a word of what was said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from handlers.cases import format as words
from handlers.cases import presses
from handlers.cases.alarm import NOTICE
from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes, Words
from handlers.i18n import translations
from handlers.i18n.translations import N_


def register(routes: Routes) -> None:
    for kind, text in NOTICES.items():
        routes.notice(kind, _notice(text))
    routes.notice("case_new", new_words)
    routes.notice("case_late", late_words)
    routes.notice(NOTICE, urgent_words)
    routes.notice("case_urgent_late", urgent_late_words)


NOTICES: dict[str, str] = {
    "case_ended": N_("✔ The rider has closed {number}."),
    "case_reopened": N_("↺ The rider has reopened {number}. It is assigned to you."),
    "case_erased": N_("🗑 The rider has erased all their data; {number} is gone."),
    "case_away": N_(
        "🚫 The rider of {number} can't be reached: they blocked the bot. Your messages will wait for them."
    ),
    "case_back": N_("✅ The rider of {number} can be reached again; your messages are being delivered."),
    "case_given": N_("➡ {number} is now assigned to you."),
    "case_taken": N_("➡ {number} is now assigned to someone else."),
    "case_orphaned": N_("🗂 {number} is back in the queue: the person handling it no longer does so."),
}
"""What is only a sentence about a case, with a way to it where there is one."""


def _notice(text: str) -> Words:
    def said(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
        _ = translations.translator(language)
        number = Markup("<b>{}</b>").format(params["number"])
        opens = [[presses.SHOW.button(_("View"), params["id"])]] if "id" in params else []
        return Markup(_(text)).format(number=number), opens

    return said


def new_words(context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    """A new case waits: its number only."""
    _ = translations.translator(language)
    sign, title = words.desk_sign(context, params["desk"]), words.desk_title(context, params["desk"], language)
    text = Markup("{}{} {}: <b>{}</b>").format(params.get("mark", ""), sign, title, params["number"])
    return text + "\n" + _("A case is waiting to be taken."), [
        [presses.CLAIM.button(_("▶ Take"), params["id"])],
        [presses.SHOW_DESKS_AGAIN.button(_("View queue"))],
    ]


def late_words(context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    title = words.desk_title(context, params["desk"], language)
    said = _("{number} ({desk}) has had no answer for {n} h.").format(
        number=params["number"], desk=title, n=params["hours"]
    )
    opens = [[presses.SHOW_DESKS_AGAIN.button(_("View queue"))]] if params["opens"] else []
    return "⏰ " + Markup("{}").format(said), opens


def urgent_words(context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    """Somebody may be in danger: to all on duty, whoever has the case in hand."""
    _ = translations.translator(language)
    sign, title = words.desk_sign(context, params["desk"]), words.desk_title(context, params["desk"], language)
    head = Markup("{} {} {}: <b>{}</b>").format(words.URGENT, sign, title, params["number"])
    said = _("Someone may be in danger: this case contains warning signs. Please answer now.")
    if params["stands"] == "taken":
        said += "\n" + _("It is assigned to someone else. If you can reach them, make sure they have seen it.")
    return Markup("\n").join([head, said]), _ways_to(params, language)


def _ways_to(params: Mapping[str, Any], language: str) -> Buttons:
    _ = translations.translator(language)
    first = {
        "free": [[presses.CLAIM.button(_("▶ Take"), params["id"])]],
        "mine": [[presses.SHOW.button(_("View"), params["id"])]],
    }.get(params["stands"], [])
    return [*first, [presses.SHOW_DESKS_AGAIN.button(_("View queue"))]]


def urgent_late_words(context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    title = words.desk_title(context, params["desk"], language)
    said = _(
        "{number} ({desk}): someone may be in danger and has had no answer for {n} min. Please make "
        "sure that someone answers now."
    ).format(number=params["number"], desk=title, n=params["minutes"])
    opens = [[presses.SHOW_DESKS_AGAIN.button(_("View queue"))]] if params["opens"] else []
    return Markup("{} {}").format(words.URGENT, said), opens
