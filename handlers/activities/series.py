"""Repeating an activity by a rule, and ending that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import escape

from handlers.activities import presses
from handlers.activities.attendance import find_activity
from handlers.chat import forms
from handlers.chat.context import AppContext
from handlers.chat.press import Buttons
from handlers.chat.questions import Choice, Form, NotAnAnswer, Question
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n import formatting, translations
from handlers.i18n.translations import N_
from handlers.inputs.text import clean, press_a_button
from storage.activities import series
from storage.activities.recurrence import BadRule, NoDates
from storage.dialogues import Answers, Value
from storage.people.access import Right


def register(routes: Routes) -> None:
    routes.press(presses.REPEAT, repeat, right=Right.RUN_ACTIVITIES)
    routes.press(presses.END_SERIES, end_series, right=Right.RUN_ACTIVITIES)
    routes.form(_REPEAT)
    routes.notice("series_ended", ended_words)


REPEATS: dict[str, str] = {
    "FREQ=WEEKLY": N_("Every week"),
    "FREQ=WEEKLY;INTERVAL=2": N_("Every two weeks"),
    "FREQ=MONTHLY": N_("Every month"),
    "FREQ=WEEKLY;COUNT=4": N_("Four weeks in a row"),
}


_NOT_A_RULE = N_(
    "Choose, or write an RFC 5545 rule such as FREQ=WEEKLY;BYDAY=SA;COUNT=10. I can read DAILY, "
    "WEEKLY, MONTHLY and YEARLY with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH and "
    "BYSETPOS."
)
_NO_DATES = N_("This rule has no dates in the next 64 weeks. Write it like FREQ=WEEKLY;BYDAY=SA;COUNT=10.")


async def repeat(talk: Talk, activity_id: int) -> None:
    await find_activity(talk, activity_id)
    await forms.begin(talk, _REPEAT, {"_id": activity_id})


async def _repeated(talk: Talk, answers: Answers) -> None:
    row = await find_activity(talk, int(str(answers["_id"])))
    organisation = talk.context.settings.organisation
    made = await series.start(
        talk.session,
        row,
        str(answers["rule"]),
        bool(answers["holidays"]),
        talk.person.id,
        talk.now,
        organisation.zone,
        organisation.country,
    )
    lines = [
        talk._("🔁 {n} more planned for the next eight weeks; the rest will follow automatically:").format(n=len(made))
    ]
    lines += [formatting.moment(one.starts_at, talk.now, organisation.zone, talk.language) for one in made]
    talk.say("\n".join(str(escape(one)) for one in lines), [[presses.PANEL_AGAIN.button(talk._("◀ All activities"))]])


async def end_series(talk: Talk, activity_id: int) -> None:
    row = await find_activity(talk, activity_id)
    if row.series_id is not None:
        await series.end(talk.session, row.series_id)
    talk.answer_callback(
        talk._("No further dates will be added. Those already planned stay; cancel any you don't want."), alert=True
    )


def ended_words(_context: AppContext, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = translations.translator(language)
    text = _(
        "The series “{title}” can't be continued: its rule can no longer be read. Dates already planned "
        "stay. Please repeat one of its activities with a new rule: /activity"
    )
    return text.format(title=escape(params["title"])), []


async def _read_rule(talk: Talk) -> Value:
    """A rule of RFC 5545, for who knows it."""
    rule = clean(talk.text).upper().removeprefix("RRULE:")
    try:
        series.check(rule, talk.now, talk.context.settings.organisation.zone)
    except BadRule:
        raise NotAnAnswer(talk._(_NOT_A_RULE)) from None
    except NoDates:
        raise NotAnAnswer(talk._(_NO_DATES)) from None
    return rule


def _rules(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice(str(at), talk._(label), rule) for at, (rule, label) in enumerate(REPEATS.items())]


def _holidays(talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return [Choice("skip", talk._("Skip those days"), 1), Choice("keep", talk._("Also on holidays"), 0)]


_REPEAT = Form(
    name="activity_repeat",
    title=lambda talk: talk._("Series"),
    questions=(
        Question(
            key="rule",
            title=lambda talk: talk._("Repeats"),
            read=_read_rule,
            choices=_rules,
            show=lambda talk, value: talk._(REPEATS[str(value)]) if value in REPEATS else str(value),
            ask=lambda talk, _: talk._("How often? Choose, or write a rule such as FREQ=WEEKLY;BYDAY=SA;COUNT=10."),
        ),
        Question(
            key="holidays",
            title=lambda talk: talk._("Holidays"),
            read=press_a_button,
            choices=_holidays,
            show=lambda talk, value: talk._("Skip those days") if value else talk._("Also on holidays"),
            ask=lambda talk, _: talk._("And on public holidays?"),
        ),
    ),
    done=_repeated,
    right=Right.RUN_ACTIVITIES,
)
