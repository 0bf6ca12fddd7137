"""The form of a desk, built of its data."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import partial
from typing import Any, cast

from markupsafe import Markup

from handlers.cases.evidence_limits import full_words, room_words
from handlers.cases.message_content import packed, read_said
from handlers.chat.questions import MOST_PARTS, Choice, Form, NotAnAnswer, Question, always, gathering, no_choices
from handlers.chat.talk import Talk
from handlers.inputs.platform import platform_choices, read_platform
from handlers.inputs.text import clean, press_a_button, short_text
from storage.cases.desks import Ask, AskType, Desk, Option, Words, in_language
from storage.cases.evidence_quota import EvidenceFull, Full, require_room_at_desk
from storage.dialogues import Answers, Value

Read = Callable[[Talk], Awaitable[Value]]
ANONYMOUS = "yes"
WITHHELD = "-"
"""The answer of who does not say how they may be called."""
NO_PLATFORM = "-"


def desk_form(
    desk: Desk, done: Callable[[Talk, Answers], Awaitable[None]], save: Callable[[Talk, Answers], Awaitable[None]]
) -> Form:
    return Form(
        name=form_name(desk),
        title=lambda talk: in_language(desk.title, talk.language),
        questions=[_question(desk, ask) for ask in desk.asks],
        done=done,
        save=save,
        in_danger=partial(_heard, desk) if desk.crisis else None,
    )


def _question(desk: Desk, ask: Ask) -> Question:
    read, choices, show = _KINDS[ask.type](desk, ask)
    nameless = ask.type is AskType.NAME and any(one.type is AskType.ANONYMOUS for one in desk.asks)
    return Question(
        key=ask.key,
        title=_said(ask.title),
        ask=_asked(desk, ask),
        read=read,
        choices=choices,
        show=show,
        optional=ask.optional,
        columns=1 if ask.type in (AskType.CHOICE, AskType.ANONYMOUS, AskType.PARTS) else 2,
        collects=ask.type is AskType.PARTS,
        when=(lambda answers: answers.get("anonymous") != ANONYMOUS) if nameless else always,
    )


def _asked(desk: Desk, ask: Ask) -> Callable[[Talk, Answers], str]:
    """The question; where files may be sent, with how much."""

    def asked(talk: Talk, _answers: Answers) -> str:
        said = Markup(in_language(ask.words, talk.language))
        if ask.type is AskType.PARTS and desk.evidence.case_files:
            said += Markup("\n{}").format(room_words(talk, desk.evidence))
        return said

    return asked


def _said(words: Words) -> Callable[[Talk], str]:
    return lambda talk: in_language(words, talk.language)


def form_name(desk: Desk) -> str:
    return f"desk_{desk.key}"


def story(desk: Desk) -> str:
    """The question that takes whatever somebody wants to tell; empty if the desk asks none."""
    return next((ask.key for ask in desk.asks if ask.type is AskType.PARTS), "")


def _heard(desk: Desk, talk: Talk, answers: Answers) -> None:
    """Words of danger at the desk that listens belong to what is told there, whatever was being asked."""
    key = story(desk)
    place = key if key in answers else gathering(key)
    parts = cast("list[Any]", answers.get(place) or [])
    with suppress(NotAnAnswer):
        if len(parts) < MOST_PARTS:
            answers[place] = [*parts, packed(read_said(talk, talk.incoming.body))]


def as_it_stands(desk: Desk, answers: Answers) -> Answers:
    """What is answered so far, with the parts of what was still being told."""
    told = {
        ask.key: answers.get(ask.key) or answers.get(gathering(ask.key))
        for ask in desk.asks
        if ask.type is AskType.PARTS
    }
    return {**{key: value for key, value in answers.items() if not key.startswith("_")}, **told}


Built = tuple[Read, Callable[[Talk, Answers], Sequence[Choice]], Callable[[Talk, Value], str]]


def _options(options: Sequence[Option]) -> Built:
    def choices(talk: Talk, _answers: Answers) -> Sequence[Choice]:
        return [Choice(one.key, in_language(one.words, talk.language), one.key) for one in options]

    def show(talk: Talk, value: Value) -> str:
        return next((in_language(one.words, talk.language) for one in options if one.key == value), str(value))

    return press_a_button, choices, show


def _kind(desk: Desk, _ask: Ask) -> Built:
    return _options(desk.kinds)


def _choice(_desk: Desk, ask: Ask) -> Built:
    return _options(ask.choices)


def _platform(_desk: Desk, _ask: Ask) -> Built:
    def choices(talk: Talk, _answers: Answers) -> Sequence[Choice]:
        return platform_choices(talk, Choice("none", talk._("No platform"), NO_PLATFORM))

    return (read_platform, choices, lambda talk, value: talk._("No platform") if value == NO_PLATFORM else str(value))


def _date(_desk: Desk, _ask: Ask) -> Built:
    async def read(talk: Talk) -> Value:
        try:
            day = date.fromisoformat(clean(talk.text).replace("/", "-").replace(".", "-"))
        except ValueError:
            raise NotAnAnswer(talk._("Write the day like 2026-11-03, or press a button.")) from None
        if not talk.local_today - timedelta(days=36_525) < day <= talk.local_today:
            raise NotAnAnswer(talk._("That day is in the future or too long ago. Write it like 2026-11-03."))
        return day.isoformat()

    def choices(talk: Talk, _answers: Answers) -> Sequence[Choice]:
        today = talk.local_today
        return [
            Choice("today", talk._("Today"), today.isoformat()),
            Choice("yesterday", talk._("Yesterday"), (today - timedelta(days=1)).isoformat()),
            Choice("unsure", talk._("Not sure"), ""),
        ]

    return read, choices, lambda talk, value: str(value) or talk._("Not sure")


def _text(_desk: Desk, _ask: Ask) -> Built:
    read = short_text(1, 1_500, lambda talk: talk._("Please write 1 to 1,500 characters."))
    return read, no_choices, lambda _talk, value: str(value)


def _parts(desk: Desk, _ask: Ask) -> Built:
    async def read(talk: Talk) -> Value:
        said = read_said(talk, talk.incoming.body)
        if said.file_id:
            await _require_room(desk, talk, said.size)
        return packed(said)

    def show(_talk: Talk, value: Value) -> str:
        parts = cast("list[dict[str, Any]]", value)
        files = sum(bool(part["file_id"]) for part in parts)
        words = " ".join(str(part["text"]) for part in parts if part["text"])
        return " ".join(filter(None, [words[:300] + ("…" if len(words) > 300 else ""), f"📎 {files}" if files else ""]))

    return read, no_choices, show


async def _require_room(desk: Desk, talk: Talk, size: int) -> None:
    """Checks that one more file fits beside those that were sent so far.

    Raises:
        NotAnAnswer: it does not; the text says why.
    """
    gathered = [part for value in talk.answered.values() if isinstance(value, list) for part in value]
    sizes = [int(str(part["size"])) for part in gathered if isinstance(part, dict) and part.get("file_id")]
    rider = None if talk.answered.get("anonymous") == ANONYMOUS else talk.person.id
    quota = desk.evidence
    try:
        if len(sizes) >= quota.case_files or sum(sizes) + size > quota.case_bytes:
            raise EvidenceFull(Full.CASE)
        await require_room_at_desk(talk.session, quota, desk.key, rider, sum(sizes) + size, talk.now)
    except EvidenceFull as full:
        raise NotAnAnswer(full_words(talk, full, quota)) from None


def _name(_desk: Desk, _ask: Ask) -> Built:
    def choices(talk: Talk, _answers: Answers) -> Sequence[Choice]:
        return [Choice("withheld", talk._("🙈 Leave out my name"), WITHHELD)]

    read = short_text(1, 60, lambda talk: talk._("Please write 1 to 60 characters, or press the button."))
    return read, choices, lambda talk, value: talk._("not given") if value == WITHHELD else str(value)


def _anonymous(_desk: Desk, _ask: Ask) -> Built:
    def choices(talk: Talk, _answers: Answers) -> Sequence[Choice]:
        return [
            Choice("no", talk._("💬 Case number only: you can reply to me"), "no"),
            Choice("yes", talk._("🙈 Fully anonymous: no reply possible"), ANONYMOUS),
        ]

    return press_a_button, choices, lambda talk, value: talk._("Yes") if value == ANONYMOUS else talk._("No")


_KINDS: dict[AskType, Callable[[Desk, Ask], Built]] = {
    AskType.KIND: _kind,
    AskType.CHOICE: _choice,
    AskType.PLATFORM: _platform,
    AskType.DATE: _date,
    AskType.TEXT: _text,
    AskType.PARTS: _parts,
    AskType.NAME: _name,
    AskType.ANONYMOUS: _anonymous,
}
