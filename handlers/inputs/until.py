"""The question for how long something holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, Question
from handlers.i18n.translations import N_
from handlers.inputs.moment import LastDayInput

D = TypeVar("D")
End = Choice[datetime | None]


def day_choices(talk: Talk, days: Sequence[int]) -> Sequence[End]:
    """ "for 7 days": from now."""
    return [
        Choice(
            str(n),
            talk.plural("for {n} day", "for {n} days", n).format(n=n),
            talk.now + timedelta(days=n),
        )
        for n in days
    ]


def without_end(talk: Talk) -> End:
    return Choice("none", talk._("No end date"), None)


def until_when(
    ends: Callable[[Talk], Sequence[End]], when: Callable[[D], bool] | None = None
) -> Question[datetime | None, D]:
    """The answer None is without an end."""
    return Question(
        title=N_("Until"),
        ask=N_("For how long? Choose, or write the last day, for example “30 June”."),
        input=LastDayInput(ends, N_("No end date")),
        columns=2,
        when=when,
    )
