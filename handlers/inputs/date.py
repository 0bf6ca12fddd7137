"""Until when something holds: asked for by buttons or by its last day, and shown in the organisation's zone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from handlers.chat.questions import Choice, NotAnAnswer, Question, always
from handlers.chat.talk import Talk
from handlers.inputs.text import clean
from storage.dialogues import Answers, Value


async def read_last_day(talk: Talk) -> Value:
    """A day like 2027-06-30: its end, in ISO 8601."""
    try:
        day = datetime.strptime(clean(talk.text), "%Y-%m-%d").date()  # noqa: DTZ007 (a day has no zone)
    except ValueError:
        raise NotAnAnswer(talk._("Write the last day like this: 2027-06-30")) from None
    if day < talk.local_today:
        raise NotAnAnswer(talk._("That day has passed."))
    end = datetime.combine(day + timedelta(days=1), time(), talk.context.settings.organisation.zone)
    return end.isoformat()


def day_choices(talk: Talk, days: Sequence[int]) -> Sequence[Choice]:
    """ "for 7 days": from now."""
    return [
        Choice(
            str(n),
            talk.plural("for {n} day", "for {n} days", n).format(n=n),
            (talk.now + timedelta(days=n)).isoformat(),
        )
        for n in days
    ]


def show_moment(talk: Talk, value: Value | datetime) -> str:
    """ "2027-06-30 24:00" as the clock on the wall has it."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return f"{moment.astimezone(talk.context.settings.organisation.zone):%Y-%m-%d %H:%M}"


def until_when(ends: Callable[[Talk, Answers], Sequence[Choice]], when: Callable[[Answers], bool] = always) -> Question:
    """The question for how long; "" is without an end."""
    return Question(
        key="until",
        title=lambda talk: talk._("Until"),
        read=read_last_day,
        choices=ends,
        columns=2,
        when=when,
        show=lambda talk, value: show_moment(talk, value) if value else talk._("No end date"),
        ask=lambda talk, _: talk._("For how long? Choose, or write the last day, for example 2027-06-30."),
    )
