"""Addressing honoured people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from handlers.chat.audience import AudiencePart
from handlers.chat.talk import Talk
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.choice import ChoiceInput
from storage.honours.conditions import HasTripOffer, IsHonoured
from storage.people.segments import Condition

_EVERYONE, _HONOURED = "", "honoured"
_WHO = {_EVERYONE: N_("Everyone"), _HONOURED: N_("Only people in the register of honours")}


@dataclass(frozen=True, kw_only=True)
class HonouredAudience:
    honoured: str = asked(
        Question(N_("Honours"), N_("Is it for people in the register of honours?"), ChoiceInput(_WHO), optional=True),
        default=_EVERYONE,
        preset=True,
    )


def _conditions(draft: HonouredAudience) -> Iterator[Condition]:
    if draft.honoured == _HONOURED:
        yield IsHonoured()


def _said(talk: Talk, condition: Condition) -> str:
    if isinstance(condition, HasTripOffer):
        return talk._("people to whom a trip is offered")
    return talk._("people in the register of honours")


AUDIENCE = AudiencePart(HonouredAudience, _conditions, dict.fromkeys((IsHonoured, HasTripOffer), _said))
