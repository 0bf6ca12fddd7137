"""How cases are put into words: their state, what is due, which time limits may apply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from markupsafe import Markup, escape

from handlers.chat.context import AppContext
from handlers.chat.press import Button, Buttons
from handlers.i18n import formatting, translations
from handlers.i18n.translations import N_, plural_in
from storage.cases import time_limits
from storage.cases.deadlines import CaseLimit
from storage.cases.desks import AskType, Desk, in_language
from storage.cases.table import Case, CaseContent, CaseState, Outcome

STATES: dict[CaseState, tuple[str, str]] = {
    CaseState.OURS: (N_("⏳ waiting for us"), N_("⏳ waiting for you")),
    CaseState.RIDERS: (N_("💬 waiting for your answer"), N_("💬 waiting for the rider")),
    CaseState.CLOSED: (N_("✔ closed"), N_("✔ closed")),
}
"""As the rider reads it, and as the handler does."""
OUTCOMES: dict[Outcome, str] = {
    Outcome.SETTLED: N_("resolved"),
    Outcome.ADVISED: N_("advice given"),
    Outcome.REFERRED: N_("referred to another body"),
    Outcome.NOT_OURS: N_("not handled by this desk"),
    Outcome.WITHDRAWN: N_("closed by the rider"),
    Outcome.APPROVED: N_("approved"),
    Outcome.REFUSED: N_("refused"),
}
NEAR_DAYS = 30
URGENT = "🚨"


def desk_of(context: AppContext, row: Case) -> Desk | None:
    """None for a desk that the organisation has closed since."""
    return context.settings.desks.get(row.desk)


def desk_sign(context: AppContext, key: str) -> str:
    desk = context.settings.desks.get(key)
    return desk.emoji if desk is not None else "🗂"


def desk_title(context: AppContext, key: str, language: str) -> str:
    desk = context.settings.desks.get(key)
    return in_language(desk.title, language) if desk is not None else key


def answerer(context: AppContext, key: str, language: str) -> str:
    """Who answers at a desk, as the rider reads it."""
    desk = context.settings.desks.get(key)
    named = in_language(desk.answered_by, language) if desk is not None else ""
    _ = translations.translator(language)
    return named or _("your case handler")


def tag(context: AppContext, row: Case) -> str:
    """ "⚖️ L-2026-000123"."""
    return f"{desk_sign(context, row.desk)} {row.number}"


def mark(row: Case) -> str:
    """In front of a case in which somebody may be in danger; only handlers see it."""
    return mark_of(row.urgent_at is not None)


def mark_of(urgent: int) -> str:
    """In front of several cases, in so many of which somebody may be in danger."""
    return f"{URGENT} " if urgent else ""


def kind_words(context: AppContext, row: Case, content: CaseContent, language: str) -> str:
    desk = desk_of(context, row)
    kind = desk.kind(content.kind) if desk is not None else None
    return in_language(kind.words, language) if kind is not None else content.kind


def level_title(context: AppContext, row: Case, language: str) -> str:
    """Of the level at which it is; empty if it has none."""
    return title_of_level(context, row.desk, row.level, language)


def title_of_level(context: AppContext, key: str, number: int, language: str) -> str:
    """Of a level of a desk; empty if there is none."""
    desk = context.settings.desks.get(key)
    level = desk.level(number) if desk is not None else None
    return in_language(level.title, language) if level is not None else ""


def state_words(row: Case, language: str, *, for_handler: bool = False) -> str:
    _ = translations.translator(language)
    said = _(STATES[row.state][for_handler])
    if row.state == CaseState.CLOSED and row.outcome:
        return formatting.bracketed(_, said, _(OUTCOMES[row.outcome]))
    return said


def due_words(context: AppContext, row: Case, now: datetime, language: str) -> str:
    """Until when an answer is due, to words of danger or the first one; that it is late."""
    _ = translations.translator(language)
    due = row.urgent_due_at or row.due_at
    when = formatting.moment(due, now, context.settings.organisation.zone, language)
    if not is_answered(row) and due <= now:
        return "🔴 " + _("overdue since {when}").format(when=when)
    if row.level and row.urgent_due_at is None:
        return _("decision due {when}").format(when=when)
    return _("answer due {when}").format(when=when)


def is_answered(row: Case) -> bool:
    """Whether nothing is due: there was an answer; or, at a level, it was asked back."""
    if row.level and row.urgent_due_at is None:
        return row.state != CaseState.OURS
    return row.first_answer_at is not None and row.urgent_due_at is None


def days_left(ends_on: date, today: date, language: str) -> str:
    _ = translations.translator(language)
    days = (ends_on - today).days
    if days < 0:
        return "⚠️ " + plural_in(language, "may have ended {n} day ago", "may have ended {n} days ago", -days).format(
            n=translations.number(-days, language)
        )
    sign = "⚠️ " if days <= NEAR_DAYS else ""
    return sign + plural_in(language, "{n} day left", "{n} days left", days).format(
        n=translations.number(days, language)
    )


def limit_lines(context: AppContext, limits: Sequence[CaseLimit], today: date, language: str) -> list[Markup]:
    """What may apply, until when, by which law: information, never advice."""
    known = time_limits.of_country(context.settings.organisation.country)
    lines = []
    for row in limits:
        limit = known.get(row.key)
        if limit is None:
            continue
        until = translations.full_date(row.ends_on, language)
        lines.append(
            Markup("• {}\n  <b>{}</b> · {}\n  <i>{}</i>").format(
                in_language(limit.words, language),
                until,
                days_left(row.ends_on, today, language),
                in_language(limit.source, language),
            )
        )
        if limit.note:
            lines.append(Markup("  <i>{}</i>").format(in_language(limit.note, language)))
    return lines


def undated_lines(context: AppContext, desk: Desk, kind: str, language: str) -> list[Markup]:
    """The limits of a kind where the day is not known."""
    option = desk.kind(kind)
    keys = option.limits if option is not None else ()
    return [
        Markup("• {}\n  <i>{}</i>").format(in_language(limit.words, language), in_language(limit.source, language))
        for limit in time_limits.that_may_apply(context.settings.organisation.country, keys)
    ]


def summary_lines(context: AppContext, row: Case, content: CaseContent, language: str) -> list[Markup]:
    """The answers of the form, but for what was told in messages of their own."""
    desk = desk_of(context, row)
    if desk is None:
        return []
    _ = translations.translator(language)
    shown: list[Markup] = []
    for ask in desk.asks:
        value = _answer(context, row, content, ask.type, ask.key, language)
        if value:
            shown.append(formatting.labelled(_, in_language(ask.title, language), Markup("<b>{}</b>").format(value)))
    return shown


def _answer(context: AppContext, row: Case, content: CaseContent, kind: AskType, key: str, language: str) -> str:
    _ = translations.translator(language)
    match kind:
        case AskType.KIND:
            return kind_words(context, row, content, language)
        case AskType.PLATFORM:
            return content.platform
        case AskType.DATE:
            return _day(content.on, language) or _("Not sure")
        case AskType.NAME:
            return content.name or _("not given")
        case AskType.PARTS | AskType.FILES | AskType.ANONYMOUS:
            return ""
    value = content.answers.get(key)
    if kind in (AskType.CHOICE, AskType.PLACE):
        desk = desk_of(context, row)
        choices = next((ask.choices for ask in desk.asks if ask.key == key), ()) if desk is not None else ()
        return next((in_language(one.words, language) for one in choices if one.key == value), "")
    return "" if value is None else str(value)


def _day(stored: str, language: str) -> str:
    """With the year, since time limits are counted from it."""
    return formatting.dated(date.fromisoformat(stored), None, language) if stored else ""


def heading(context: AppContext, row: Case, language: str) -> Markup:
    """ "⚖️ L-2026-000123 · Legal consultation"."""
    title = desk_title(context, row.desk, language)
    return Markup("{} <b>{}</b> · {}").format(desk_sign(context, row.desk), row.number, title)


def due_lines(context: AppContext, row: Case, now: datetime, language: str) -> list[Markup]:
    """When an answer is due, while there is none."""
    if is_answered(row) or row.state == CaseState.CLOSED:
        return []
    return [Markup("⏱ {}").format(due_words(context, row, now, language))]


def quoted(text: str) -> Markup:
    return Markup("<blockquote>{}</blockquote>").format(escape(text))


def topic_words(context: AppContext, row: Case, content: CaseContent, now: datetime) -> tuple[Markup, Buttons]:
    """What a topic of the inbox says of a case: nothing that was told in it."""
    language = context.settings.organisation.language
    _ = translations.translator(language)
    state = _("✋ assigned") if row.assigned_to is not None else _("🗂 unassigned")
    if row.state == CaseState.CLOSED:
        state = state_words(row, language, for_handler=True)
    kind = kind_words(context, row, content, language)
    lines = [
        mark(row) + heading(context, row, language),
        Markup("{}").format(kind),
        Markup("{}").format(state),
        *due_lines(context, row, now, language),
    ]
    return Markup("\n").join(lines), [[Button(_("View"), url=context.link(f"case_{row.id}"))]]
