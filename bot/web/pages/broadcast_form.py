"""The questions of /broadcast as a form, read by their inputs: the same texts are right or wrong, in the same words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar, cast

from bot.web.turned_away import Turned, Why
from bot.web.visits import Visit
from handlers.activities.audience import ParticipantAudience
from handlers.broadcasts.form import Announcement, BroadcastDraft, Sending
from handlers.broadcasts.inputs import MessageInput
from handlers.broadcasts.marked_text import read_marked
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import questionnaire
from handlers.forms.questions import AnyQuestion, Choice, NotAnAnswer
from handlers.i18n.translations import N_
from handlers.inputs.moment import FutureInput
from handlers.inputs.place import PlaceInput, checked_point
from handlers.stations.form import typed_point
from storage.people.segments import Condition, Segment
from storage.people.topics import Topic
from storage.plain_text import clean

D = TypeVar("D")
MESSAGE, MOMENT, CHOICE, TEXT = "message", "moment", "choice", "text"
HINTS = {
    "content": N_("**bold**, __italic__, ~~crossed out~~, ||hidden until tapped||, [words](https://example.org)"),
    "other": N_("If left empty, everyone gets the first version."),
    "place": N_(
        "The name of a station, or coordinates like 37.43, 116.36. It reaches only people who have saved their area."
    ),
    "time": N_("If left empty, it is sent at once."),
}
"""Where the question of the chat would tell of what is only there."""
_ASKED = ("opens", "reason")
"""Fields below whose titles the question itself says what to write."""
_REQUIRED = ("content", "topic")
_NO_PLACE = N_("Write the name of a station, or coordinates like 37.43, 116.36.")
_NOT_CHOSEN = N_("Please choose.")
_EMPTY = N_("Please fill this in.")
_NO_TIME = N_("I don't understand this time.")


@dataclass(frozen=True, slots=True)
class Field:
    """One of the form, as the template shows it. `options` are key, label and whether it is chosen."""

    name: str
    title: str
    kind: str
    hint: str
    text: str
    options: Sequence[tuple[str, str, bool]]
    fault: str
    is_required: bool


@dataclass(slots=True)
class Read:
    """What was read of the form so far, and a sentence for each field that is no answer."""

    faults: dict[str, str] = field(default_factory=dict)


def audience_drafts(visit: Visit) -> list[type[Any]]:
    """The features' questions about whom it is for. Those about an activity are asked where one begins there."""
    return [part.draft for part in visit.site.features.audience if part.draft is not ParticipantAudience]


def fields_of(visit: Visit, draft: type[Any], faults: dict[str, str]) -> list[Field]:
    """The fields of a draft, with what was sent in them."""
    talk = visit.talk
    return [_field(visit, talk, question, faults) for question in questionnaire(draft).questions]


def _field(visit: Visit, talk: Talk, question: AnyQuestion, faults: dict[str, str]) -> Field:
    name, sent = question.key, visit.field(question.key)
    options = [(one.id, one.label, one.id == sent) for one in _choices(talk, question)]
    kind = CHOICE if len(options) > 1 or question.has_only_buttons else TEXT
    if isinstance(question.input, MessageInput):
        kind = MESSAGE
    elif isinstance(question.input, FutureInput):
        kind = MOMENT
    hint = talk._(HINTS[name]) if name in HINTS else ""
    if name in _ASKED:
        hint = talk._(cast("str", question.ask))
    is_required = name in _REQUIRED
    return Field(name, question.title_for(talk), kind, hint, sent, options, faults.get(name, ""), is_required)


def _choices(talk: Talk, question: AnyQuestion) -> Sequence[Choice[Any]]:
    """The ready answers; none for a moment, which is chosen in the browser's calendar."""
    return () if isinstance(question.input, FutureInput) else question.input.choices(talk)


async def read_draft(visit: Visit, draft: type[D], read: Read) -> D:
    """What was sent in the fields of a draft, those with a fault left at their default."""
    asked = questionnaire(draft)
    defaults: dict[str, Any] = dict.fromkeys(asked.by_key)
    values: dict[str, Any] = {key: getattr(draft, key, None) for key in defaults}
    for key, question in asked.by_key.items():
        if question.when is not None and not question.when(draft(**values)):
            continue
        try:
            values[key] = await _value(visit, question, values[key])
        except NotAnAnswer as fault:
            read.faults[key] = str(fault)
    return draft(**values)


async def _value(visit: Visit, question: AnyQuestion, default: Any) -> Any:
    """Raises NotAnAnswer, Turned."""
    sent, talk = visit.field(question.key), visit.talk
    choices = _choices(talk, question)
    chosen = next((one for one in choices if one.id == sent), None)
    if chosen is not None:
        return chosen.value
    if question.has_only_buttons and sent and not isinstance(question.input, FutureInput):
        raise Turned(Why.ODD)
    if sent.strip():
        return await _written(visit, talk, question, sent)
    if default is None and not _may_be_empty(question):
        raise NotAnAnswer(talk._(_NOT_CHOSEN if choices else _EMPTY))
    if question.when is not None and not _may_be_empty(question):
        raise NotAnAnswer(talk._(_NOT_CHOSEN if choices else _EMPTY))
    return default


def _may_be_empty(question: AnyQuestion) -> bool:
    return bool(question.optional) or isinstance(question.input, FutureInput)


async def _written(visit: Visit, talk: Talk, question: AnyQuestion, sent: str) -> Any:
    """What was typed. Raises NotAnAnswer."""
    if isinstance(question.input, MessageInput):
        return read_marked(talk, sent)
    if isinstance(question.input, FutureInput):
        return _moment(talk, question.input, sent)
    if isinstance(question.input, PlaceInput):
        return await _place(visit, question.input, sent)
    return await question.input.read(visit.saying(sent))


def _moment(talk: Talk, asked: FutureInput[Any], sent: str) -> datetime:
    """What a browser's calendar sends, in the organisation's zone. Raises NotAnAnswer."""
    try:
        at = datetime.strptime(sent, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 (its zone is the organisation's)
    except ValueError:
        raise NotAnAnswer(talk._(_NO_TIME)) from None
    return asked.checked(talk, at.date(), at.time())


async def _place(visit: Visit, asked: PlaceInput, sent: str) -> Any:
    """Raises NotAnAnswer."""
    point = typed_point(clean(sent))
    if point is not None:
        return checked_point(visit.talk, *point)
    try:
        return await asked.read(visit.saying(sent))
    except NotAnAnswer:
        raise NotAnAnswer(visit._(_NO_PLACE)) from None


async def read_segment(visit: Visit, read: Read) -> Segment:
    """Whom it is for."""
    conditions: list[Condition] = []
    for part in visit.site.features.audience:
        if part.draft is not ParticipantAudience:
            conditions += part.conditions(await read_draft(visit, part.draft, read))
    return Segment(tuple(conditions))


async def read_topic(visit: Visit) -> Topic | None:
    """What it is about; None as long as nothing is chosen."""
    return (await read_draft(visit, Announcement, Read())).topic


async def read_broadcast(visit: Visit, read: Read) -> BroadcastDraft:
    """The message and how it is sent."""
    said, sending = await read_draft(visit, Announcement, read), await read_draft(visit, Sending, read)
    return BroadcastDraft(
        content=said.content,
        other=said.other,
        opens=said.opens,
        topic=said.topic,
        reason=said.reason,
        reading=sending.reading,
        spread=sending.spread,
        time=sending.time,
    )
