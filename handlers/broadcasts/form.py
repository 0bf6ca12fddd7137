"""The questions of /broadcast."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handlers.broadcasts.inputs import Message, MessageInput, OpeningInput
from handlers.chat.audience import AudiencePart, with_audience
from handlers.chat.talk import Talk
from handlers.forms.questionnaires import Form, questionnaire
from handlers.forms.questions import Choice, Question, asked
from handlers.i18n import translations
from handlers.i18n.translations import N_, language_name
from handlers.inputs.choice import ChoiceInput, YesNoInput
from handlers.inputs.moment import StartInput
from handlers.inputs.number import NumberChoiceInput
from handlers.inputs.text import TextInput
from storage.broadcasts.content import Opening
from storage.broadcasts.ids import BroadcastId
from storage.people.access import Right
from storage.people.topics import Topic

TOPICS: dict[Topic, str] = {
    Topic.ACTIVITIES: N_("🏀 Activities"),
    Topic.NEWS: N_("📰 News"),
    Topic.SURVEYS: N_("📋 Surveys"),
    Topic.TRAINING: N_("🎓 Training"),
    Topic.URGENT: N_("🚨 Urgent"),
}


def _times(talk: Talk) -> Sequence[Choice[datetime | None]]:
    zone = talk.context.settings.organisation.zone
    tomorrow = datetime.combine(talk.local_today + timedelta(days=1), datetime.min.time(), zone).replace(hour=10)
    return [
        Choice("now", talk._("Now"), None),
        Choice("hour", talk._("In an hour"), talk.now + timedelta(hours=1)),
        Choice("tomorrow", talk._("Tomorrow 10:00"), tomorrow),
    ]


_TIME = StartInput(
    within=timedelta(days=90),
    too_far=N_("The time must be in the future, within 90 days."),
    options=_times,
    none=N_("Now"),
)


def _hours(talk: Talk, hours: int) -> str:
    return talk._("{n} h").format(n=hours) if hours else talk._("All at once")


def other_language(talk: Talk) -> str:
    """The language that the organisation's is not."""
    return translations.other_language(talk.context.settings.organisation.language)


def _ask_other(talk: Talk, _draft: object) -> str:
    language = language_name(other_language(talk), talk.language)
    return talk._("Is there a version in {language}? Send it, or skip: then everyone gets the first one.").format(
        language=language
    )


_OTHER = Question(N_("Other language"), _ask_other, MessageInput(), optional=True)


def _is_urgent(draft: Announcement) -> bool:
    return draft.topic is Topic.URGENT


@dataclass(frozen=True, kw_only=True)
class Wording:
    """What it says, in the organisation's language and, if it was written, in the other one."""

    content: Message = asked(
        Question(
            N_("Message"),
            N_(
                "Send me the message exactly as riders should receive it: a text with formatting, a "
                "picture, a document, a voice message or a location."
            ),
            MessageInput(),
        )
    )
    other: Message | None = asked(_OTHER, default=None, preset=True)


@dataclass(frozen=True, kw_only=True)
class Announcement(Wording):
    opens: Opening | None = asked(
        Question(
            N_("Button"),
            N_(
                "Add a button below it? Write the title of an activity, the name of a station, or a label "
                "and a link, for example: Sign up https://example.org/form"
            ),
            OpeningInput(),
            optional=True,
        ),
        default=None,
        preset=True,
    )
    topic: Topic = asked(
        Question(
            N_("Topic"),
            N_("Which topic? Riders can mute any topic except urgent ones, so that they keep reading."),
            ChoiceInput(TOPICS),
        )
    )
    reason: str = asked(
        Question(
            N_("Why urgent"),
            N_("Why is it urgent? It makes a sound even at night. The reason is recorded with your name."),
            TextInput(5, 300),
            when=_is_urgent,
        ),
        default="",
    )


@dataclass(frozen=True, kw_only=True)
class Sending:
    """How it is sent: `spread` over so many hours, at `time` (None: now)."""

    reading: bool = asked(
        Question(N_("Read receipt"), N_("Add an “I have read this” button?"), YesNoInput()),
        default=False,
        preset=True,
    )
    spread: int = asked(
        Question(
            N_("Spread out"),
            N_("Send it all at once, or spread it over some hours so that not everyone comes at the same time?"),
            NumberChoiceInput((0, 1, 3, 6), _hours),
        ),
        default=0,
        preset=True,
    )
    time: datetime | None = asked(
        Question(N_("When"), N_("When? Choose, or write it like “tomorrow 10 am” or “28 Nov 10:00”."), _TIME),
        default=None,
        preset=True,
    )


@dataclass(frozen=True, kw_only=True)
class BroadcastDraft(Sending, Announcement):
    """The message and how it is sent. As it is asked for, it also has the fields of the audience."""


@dataclass(frozen=True, kw_only=True)
class Correction(Wording):
    """Of a broadcast that has been sent."""

    id: BroadcastId
    other: Message | None = asked(_OTHER, default=None)


def draft_for(audience: Sequence[AudiencePart[Any]]) -> type[BroadcastDraft]:
    """The draft with the questions about the audience, between the message and how it is sent."""
    return with_audience(BroadcastDraft, audience, after=Announcement, before=Sending)


def composing(
    draft: type[BroadcastDraft], done: Callable[[Talk, BroadcastDraft], Awaitable[None]]
) -> Form[BroadcastDraft]:
    return Form(
        name="broadcast",
        title=N_("Broadcast"),
        questionnaire=questionnaire(draft),
        done=done,
        send_label=N_("👁 Preview"),
        right=Right.BROADCAST,
    )


def correcting(done: Callable[[Talk, Correction], Awaitable[None]]) -> Form[Correction]:
    return Form(
        name="correct",
        title=N_("Correction"),
        questionnaire=questionnaire(Correction),
        done=done,
        right=Right.BROADCAST,
    )
