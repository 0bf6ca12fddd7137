"""The form of a desk, built of its data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from types import MappingProxyType
from typing import Any

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.cases import presses
from handlers.cases.evidence_limits import full_words, room_words
from handlers.cases.inputs import (
    ANONYMITY,
    ANONYMOUS,
    NO_PLATFORM,
    DayInput,
    FilesInput,
    NicknameInput,
    SaidInput,
    TypedNumberInput,
    WordsOrPlaceInput,
    option_input,
)
from handlers.cases.messages.message_content import FILES
from handlers.chat.case_offers import OwnFiles
from handlers.chat.press import Button
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import ContextValue, Early, Form, Questionnaire
from handlers.forms.questions import Input, NotAnAnswer, Question
from handlers.i18n.translations import N_
from handlers.inputs.numbers_of_people import IdNumberInput, TypedPhoneInput
from handlers.inputs.platform import PlatformInput
from storage.cases.desks import Ask, AskType, Desk, Words, in_language
from storage.cases.files.evidence_quota import EvidenceFull, Full, require_room_at_desk
from storage.cases.messages import Said
from storage.dialogues import Filled


@dataclass(frozen=True, slots=True)
class DeskDraft:
    """What somebody told a desk, by what it means. `answers` are those to the desk's own questions, by their keys;
    `told` is what takes several messages."""

    kind: str = ""
    platform: str = ""
    happened_on: date | None = None
    name: str = ""
    is_anonymous: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)
    told: tuple[Said, ...] = ()
    begun_by: str | None = None
    """The feature that filled in a part of it: the button of a weather warning, say."""


NO_FILES: Mapping[str, OwnFiles] = MappingProxyType({})
_BEGUN_BY = "begun_by"
_CONTEXT = {_BEGUN_BY: ContextValue(TypeAdapter(str | None), (_BEGUN_BY,))}
_FIELDS = {
    AskType.KIND: "kind",
    AskType.PLATFORM: "platform",
    AskType.DATE: "happened_on",
    AskType.NAME: "name",
}


def desk_form(
    desk: Desk,
    done: Callable[[Talk, DeskDraft], Awaitable[None]],
    save: Callable[[Talk, Filled], Awaitable[None]],
    own_files: Mapping[str, OwnFiles] = NO_FILES,
) -> Form[DeskDraft]:
    return Form(
        name=form_name(desk),
        title=_in_language(desk.title),
        questionnaire=desk_questionnaire(desk, own_files),
        done=done,
        save=save,
        command=desk.command,
        danger_goes_to=story(desk) if desk.crisis else "",
        early=Early(partial(_early_goes_to, desk), _kept_words),
        confidential=True,
    )


def desk_questionnaire(desk: Desk, own_files: Mapping[str, OwnFiles] = NO_FILES) -> Questionnaire[DeskDraft]:
    """What may be left out is asked for by nobody: it stands on the review page, where it can be added."""
    presets = [ask.key for ask in desk.asks if ask.optional]
    questions = [_question(desk, ask, own_files) for ask in desk.asks]
    return Questionnaire(questions, partial(_draft, desk), _CONTEXT, presets=presets)


def note_beginning(filled: Filled, feature: str) -> None:
    """That this feature filled in a part of the form."""
    filled.context[_BEGUN_BY] = feature


def _draft(desk: Desk, values: Mapping[str, Any]) -> DeskDraft:
    by_field: dict[str, Any] = {}
    answers: dict[str, str] = {}
    told: tuple[Said, ...] = ()
    for ask in desk.asks:
        value = values.get(ask.key)
        if value is None:
            continue
        if ask.type in (AskType.PARTS, AskType.FILES):
            told += value
        elif ask.type is AskType.ANONYMOUS:
            by_field["is_anonymous"] = value == ANONYMOUS
        elif ask.type in _FIELDS:
            by_field[_FIELDS[ask.type]] = value
        else:
            answers[ask.key] = value
    return DeskDraft(**by_field, answers=answers, told=told, begun_by=values.get(_BEGUN_BY))


def _is_named(draft: DeskDraft) -> bool:
    return not draft.is_anonymous


def asks_for_evidence(desk: Desk, key: str) -> bool:
    """Whether the question of this key takes files beside the story."""
    return any(ask.key == key and ask.type is AskType.PARTS and key != story(desk) for ask in desk.asks)


def _offers(own_files: Mapping[str, OwnFiles], talk: Talk, draft: DeskDraft) -> Sequence[Button]:
    files = own_files.get(draft.kind)
    return [] if files is None else [presses.ATTACH.button(talk._(files.label), draft.kind)]


def _question(desk: Desk, ask: Ask, own_files: Mapping[str, OwnFiles]) -> Question[Any, DeskDraft]:
    may_be_nameless = any(other.type is AskType.ANONYMOUS for other in desk.asks)
    return Question(
        key=ask.key,
        title=_in_language(ask.title),
        ask=partial(_asked, desk, ask),
        input=_input(desk, ask),
        optional=ask.optional,
        unanswered=N_("not given") if ask.type is AskType.NAME else "—",
        columns=1
        if ask.type in (AskType.CHOICE, AskType.PLACE, AskType.ANONYMOUS, AskType.PARTS, AskType.FILES)
        else 2,
        when=_is_named if ask.type is AskType.NAME and may_be_nameless else None,
        check=partial(_check_room, desk) if ask.type in (AskType.PARTS, AskType.FILES) else None,
        offers=partial(_offers, own_files) if asks_for_evidence(desk, ask.key) else None,
    )


def _input(desk: Desk, ask: Ask) -> Input[Any]:
    inputs: dict[AskType, Callable[[], Input[Any]]] = {
        AskType.KIND: lambda: option_input(desk.kinds),
        AskType.CHOICE: lambda: option_input(ask.choices),
        AskType.PLACE: lambda: option_input(ask.choices),
        AskType.PLATFORM: lambda: PlatformInput(NO_PLATFORM),
        AskType.DATE: DayInput,
        AskType.TEXT: lambda: WordsOrPlaceInput(ask.least or 1, ask.most or 1_500),
        AskType.NUMBER: lambda: TypedNumberInput(ask.least, ask.most or 9_999),
        AskType.ID_NUMBER: IdNumberInput,
        AskType.PHONE: TypedPhoneInput,
        AskType.FILES: lambda: FilesInput(ask.title),
        AskType.PARTS: SaidInput,
        AskType.NAME: lambda: NicknameInput(1, 60),
        AskType.ANONYMOUS: lambda: ANONYMITY,
    }
    return inputs[ask.type]()


def _asked(desk: Desk, ask: Ask, talk: Talk, _draft: DeskDraft) -> str:
    """The question; where files may be sent, with how much."""
    said = Markup(in_language(ask.words, talk.language))
    if ask.example:
        example = talk._("For example: {example}").format(example=in_language(ask.example, talk.language))
        said += Markup("\n<i>{}</i>").format(example)
    if ask.type in (AskType.PARTS, AskType.FILES) and desk.evidence.case_files:
        said += Markup("\n{}").format(room_words(talk, desk.evidence))
    return said


def _in_language(words: Words) -> Callable[[Talk], str]:
    return lambda talk: in_language(words, talk.language)


def form_name(desk: Desk) -> str:
    return f"desk_{desk.key}"


def story(desk: Desk) -> str:
    """The question that takes whatever somebody wants to tell; empty if the desk asks none."""
    return next((ask.key for ask in desk.asks if ask.type is AskType.PARTS), "")


def _early_goes_to(desk: Desk, talk: Talk) -> str:
    """What is written or spoken belongs to the story, a file to the evidence where the desk asks for it."""
    body = talk.incoming.body
    if not ({"text", *FILES} & body.keys()):
        return ""
    told = [ask.key for ask in desk.asks if ask.type is AskType.PARTS]
    return next(iter(told if {"text", "voice"} & body.keys() else reversed(told)), "")


def _kept_words(talk: Talk) -> str:
    body = talk.incoming.body
    if "photo" in body:
        return talk._("📎 I've kept your photo; it goes with your case.")
    if "voice" in body:
        return talk._("📎 I've kept your voice message; it goes with your case.")
    if "text" in body:
        return talk._("📎 I've kept what you wrote; it goes with your case.")
    return talk._("📎 I've kept your file; it goes with your case.")


async def _check_room(desk: Desk, talk: Talk, draft: DeskDraft, more: tuple[Said, ...]) -> None:
    """Checks that more files fit beside those that were sent so far.

    Raises:
        NotAnAnswer: they do not; the text says why.
    """
    size = sum(said.size for said in more if said.file_id)
    if not any(said.file_id for said in more):
        return
    sizes = [said.size for said in draft.told if said.file_id]
    rider = None if draft.is_anonymous else talk.person.id
    quota = desk.evidence
    try:
        if len(sizes) >= quota.case_files or sum(sizes) + size > quota.case_bytes:
            raise EvidenceFull(Full.CASE)
        await require_room_at_desk(talk.session, quota, desk.key, rider, sum(sizes) + size, talk.now)
    except EvidenceFull as full:
        raise NotAnAnswer(full_words(talk, full, quota)) from None
