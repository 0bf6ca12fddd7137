"""Repeating an activity by a rule, and ending that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import escape

from handlers.activities import presses
from handlers.activities.attendance import find_activity
from handlers.chat.confirming import ask_first
from handlers.chat.press import Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.dates.repeat_words import repeat_words
from handlers.dates.repeats import read_repeat
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Input, NotAnAnswer, Question, asked
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.inputs.choice import YesNoInput
from handlers.inputs.moment import local_now
from handlers.inputs.text import TEXT
from storage.activities import series
from storage.activities.ids import ActivityId
from storage.activities.notices import SeriesEnded
from storage.activities.recurrence import BadRule, NoDates
from storage.people.access import Right
from storage.plain_text import clean_code


def register(routes: Routes) -> None:
    routes.press(presses.REPEAT, repeat, right=Right.RUN_ACTIVITIES)
    routes.press(presses.END_SERIES, ask_to_end, right=Right.RUN_ACTIVITIES, writes=False)
    routes.press(presses.END_SERIES_NOW, end_series, right=Right.RUN_ACTIVITIES)
    routes.form(_REPEAT)
    routes.notice(SeriesEnded, ended_words, reader=holding(Right.RUN_ACTIVITIES))


REPEATS: dict[str, str] = {
    "FREQ=WEEKLY": N_("Every week"),
    "FREQ=WEEKLY;INTERVAL=2": N_("Every two weeks"),
    "FREQ=MONTHLY": N_("Every month"),
    "FREQ=WEEKLY;COUNT=4": N_("Four weeks in a row"),
}


_NOT_A_RULE = N_(
    "I couldn't read how often. Choose, or write it like “every Saturday”, “every two weeks until 31 December” or "
    "“the first Saturday of every month”."
)
_NO_DATES = N_("That has no dates in the next 64 weeks. Write it like “every Saturday, 10 times”.")


async def repeat(talk: Talk, activity_id: ActivityId) -> None:
    row = await find_activity(talk, activity_id)
    if await series.belongs_to_one(talk.session, row):
        raise series.RepeatsAlready
    await forms.begin(talk, _REPEAT, Repetition(id=activity_id))


async def _repeated(talk: Talk, draft: Repetition) -> None:
    row = await find_activity(talk, draft.id)
    organisation = talk.context.settings.organisation
    made = await series.start(
        talk.session,
        row,
        draft.rule,
        talk.person.id,
        talk.now,
        organisation.zone,
        organisation.country,
        skips_holidays=draft.holidays,
    )
    lines = [_planned_words(talk, len(made), goes_on=await series.goes_on(talk.session, row, organisation.zone))]
    lines += [formatting.moment(one.starts_at, talk.now, organisation.zone, talk.language) for one in made]
    talk.say("\n".join(str(escape(one)) for one in lines), [[presses.PANEL_AGAIN.button(talk._("◀ All activities"))]])


def _planned_words(talk: Talk, n: int, *, goes_on: bool) -> str:
    if goes_on:
        return talk._("🔁 {n} more planned for the next eight weeks; the rest will follow automatically:").format(n=n)
    return talk.plural(
        "🔁 {n} more planned; that is the whole series:", "🔁 {n} more planned; that is the whole series:", n
    ).format(n=n)


async def ask_to_end(talk: Talk, activity_id: ActivityId) -> None:
    row = await find_activity(talk, activity_id)
    ask_first(
        talk,
        talk._("End the series of “{title}”? No further dates are added; those already planned stay.").format(
            title=row.title
        ),
        presses.END_SERIES_NOW.button(talk._("⏹ End the series"), row.id),
        presses.SHOW.button(talk._("Don't end it"), row.id),
    )


async def end_series(talk: Talk, activity_id: ActivityId) -> None:
    row = await find_activity(talk, activity_id)
    if row.series_id is not None:
        await series.end(talk.session, row.series_id)
    talk.answer_callback(
        talk._("No further dates will be added. Those already planned stay; cancel any you don't want."), alert=True
    )


def ended_words(view: View, notice: SeriesEnded) -> Page:
    text = view._(
        "The series “{title}” can't be continued: its rule can no longer be read. Dates already planned "
        "stay. Please repeat one of its activities with a new rule: /activity"
    )
    return text.format(title=escape(notice.title)), []


class RuleInput(Input[str]):
    """How often, as people write it, or a rule of RFC 5545, in which it is kept; the usual ones are on buttons."""

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        written = read_repeat(talk.text, local_now(talk))
        rule = clean_code(talk.text).upper().removeprefix("RRULE:") if written is None else written
        try:
            series.check(rule, talk.now, talk.context.settings.organisation.zone)
        except BadRule:
            raise NotAnAnswer(talk._(_NOT_A_RULE)) from None
        except NoDates:
            raise NotAnAnswer(talk._(_NO_DATES)) from None
        return rule

    def choices(self, talk: Talk) -> Sequence[Choice[str]]:
        return [Choice(str(at), talk._(label), rule) for at, (rule, label) in enumerate(REPEATS.items())]

    def show(self, talk: Talk, value: str) -> str:
        return talk._(REPEATS[value]) if value in REPEATS else repeat_words(value, talk.local_today, talk.language)


class HolidaysInput(YesNoInput):
    """Whether holidays are left out; its buttons carry words of their own."""

    def choices(self, talk: Talk) -> Sequence[Choice[bool]]:
        return [Choice("skip", talk._(self.yes), value=True), Choice("keep", talk._(self.no), value=False)]


@dataclass(frozen=True, slots=True)
class Repetition:
    id: ActivityId
    rule: str = asked(
        Question(
            N_("Repeats"),
            N_("How often? Choose, or write it, for example: every Saturday until 31 December"),
            RuleInput(),
        )
    )
    holidays: bool = asked(
        Question(
            N_("Holidays"),
            N_("And on public holidays?"),
            HolidaysInput(yes=N_("Skip those days"), no=N_("Also on holidays")),
        )
    )


_REPEAT = Form(
    name="activity_repeat",
    title=N_("Series"),
    questionnaire=questionnaire(Repetition),
    done=_repeated,
    send_label=N_("✔ Create series"),
    right=Right.RUN_ACTIVITIES,
)
