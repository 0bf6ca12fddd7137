"""Addressing members: the questions about membership wherever an audience is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from handlers.chat.audience import AudiencePart
from handlers.chat.talk import Talk
from handlers.forms.questions import Choice, NotAnAnswer, Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.choice import ButtonInput, ChoiceInput
from handlers.inputs.text import TEXT
from storage.membership.conditions import IsMember, IsNoMember, WorksFor, WorksIn
from storage.people.segments import Condition
from storage.plain_text import clean

MEMBERS = {"": N_("Everyone"), IsMember.kind: N_("Members"), IsNoMember.kind: N_("Not yet members")}


def _show_text(talk: Talk, value: str) -> str:
    return value or talk._("Any")


def _named(talk: Talk, names: Sequence[str]) -> Sequence[Choice[str]]:
    return [Choice("all", talk._("Any"), ""), *(Choice(str(at), name, name) for at, name in enumerate(names))]


def _platforms(talk: Talk) -> Sequence[Choice[str]]:
    return _named(talk, talk.context.settings.joining.platforms)


def _districts(talk: Talk) -> Sequence[Choice[str]]:
    return _named(talk, talk.context.settings.joining.districts)


class DistrictInput(ButtonInput[str]):
    """Where the config names no districts, members wrote theirs, and it is typed here."""

    async def read(self, talk: Talk) -> str:
        text = clean(talk.text)
        if talk.context.settings.joining.districts or not 2 <= len(text) <= 40:
            raise NotAnAnswer(talk._("Please press one of the buttons."))
        return text


@dataclass(frozen=True, kw_only=True)
class MemberAudience:
    members: str = asked(
        Question(N_("Members"), N_("To members, or to people who haven't joined?"), ChoiceInput(MEMBERS)),
        default="",
        preset=True,
    )
    platform: str = asked(
        Question(
            N_("Platform"),
            N_("Only members on one platform?"),
            ButtonInput(TEXT, _platforms, _show_text),
            columns=2,
        ),
        default="",
        preset=True,
    )
    district: str = asked(
        Question(
            N_("District"),
            N_("Only members in one district?"),
            DistrictInput(TEXT, _districts, _show_text),
            columns=2,
        ),
        default="",
        preset=True,
    )


def _conditions(draft: MemberAudience) -> Iterator[Condition]:
    if draft.members:
        yield IsMember() if draft.members == IsMember.kind else IsNoMember()
    if draft.platform:
        yield WorksFor(draft.platform)
    if draft.district:
        yield WorksIn(draft.district)


AUDIENCE = AudiencePart(
    MemberAudience,
    _conditions,
    {
        IsMember: lambda talk, one: talk._(MEMBERS[one.kind]),
        IsNoMember: lambda talk, one: talk._(MEMBERS[one.kind]),
        WorksFor: lambda _, one: one.platform,
        WorksIn: lambda _, one: one.district,
    },
)
