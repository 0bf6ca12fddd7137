"""Addressing the people of an activity: who has a place, who waits, who came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.chat.audience import AudiencePart
from handlers.chat.talk import Talk
from handlers.forms.questions import Question, asked
from handlers.i18n.formatting import bracketed
from handlers.i18n.translations import N_
from handlers.inputs.choice import ChoiceInput
from storage.activities.conditions import Came, HasPlace, MaySignUp, Waits
from storage.activities.ids import ActivityId
from storage.people.segments import Condition

PARTICIPANTS = {
    HasPlace.kind: N_("people with a place"),
    Waits.kind: N_("people on the waiting list"),
    Came.kind: N_("people who came"),
}
_SAID = {**PARTICIPANTS, MaySignUp.kind: N_("everyone, while sign-up is open")}
_BY_ANSWER = {kind.kind: kind for kind in (HasPlace, Waits, Came)}


def _is_of_activity(draft: ParticipantAudience) -> bool:
    return draft.activity is not None


@dataclass(frozen=True, kw_only=True)
class ParticipantAudience:
    """Asked only where the form was begun from an activity."""

    activity: ActivityId | None = None
    who: str = asked(
        Question(N_("Attendees"), N_("Which attendees?"), ChoiceInput(PARTICIPANTS), when=_is_of_activity),
        default="",
    )


def _conditions(draft: ParticipantAudience) -> Iterator[Condition]:
    if draft.activity is not None:
        yield _BY_ANSWER[draft.who](draft.activity)


def _said(talk: Talk, condition: Condition) -> str:
    assert isinstance(condition, (HasPlace, Waits, Came, MaySignUp))
    activity = talk._("activity {id}").format(id=condition.activity)
    return bracketed(talk._, talk._(_SAID[condition.kind]), activity)


AUDIENCE = AudiencePart(ParticipantAudience, _conditions, dict.fromkeys((HasPlace, Waits, Came, MaySignUp), _said))
