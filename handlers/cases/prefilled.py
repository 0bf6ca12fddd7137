"""A desk's form that begins with something filled in: the kind, from a page of what to do today; or what a feature
knows of a matter of its own, such as the weather of a day."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from handlers.cases import presses
from handlers.cases.desk_form import note_beginning
from handlers.cases.mine import consented, form_of, has_agreed
from handlers.chat.feature import AllFeatures, CaseFacts, FindCaseFacts
from handlers.chat.press import Button, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.inputs.consent import desk_wording, wording_for
from storage.cases import cases
from storage.cases.desks import Ask, AskType, Desk
from storage.cases.messages import Said
from storage.dialogues import Filled, Value

_PLACE = "where"
"""The key of the question for the place."""


def register(routes: Routes, others: AllFeatures) -> None:
    finders = {one.name: one.case_facts for one in others.features if one.case_facts is not None}
    routes.press(presses.ASK_ABOUT, ask_about)
    routes.press(presses.AGREE_ABOUT, agree_about)
    routes.press(presses.ASK_WITH, partial(ask_with, finders))
    routes.press(presses.AGREE_WITH, partial(agree_with, finders))


async def ask_about(talk: Talk, key: str, kind: str) -> None:
    """The form with its kind filled in: at once for whoever has agreed to the wording, else behind it."""
    desk = _desk(talk, key, kind)
    agreed = presses.AGREE_ABOUT.button(talk._("✅ I agree, let's start"), key, wording_for(desk).version, kind)
    await _begin(talk, desk, _of_kind(desk, kind), agreed)


async def agree_about(talk: Talk, key: str, version: int, kind: str) -> None:
    desk = _desk(talk, key, kind)
    await consented(talk, key, version)
    await forms.resume(talk, form_of(desk), _of_kind(desk, kind))


async def ask_with(finders: Mapping[str, FindCaseFacts], talk: Talk, feature: str, number: int) -> None:
    """The same with what a feature knows."""
    desk, filled = await _known(finders, talk, feature, number)
    version = wording_for(desk).version
    agreed = presses.AGREE_WITH.button(talk._("✅ I agree, let's start"), feature, number, version)
    await _begin(talk, desk, filled, agreed)


async def agree_with(finders: Mapping[str, FindCaseFacts], talk: Talk, feature: str, number: int, version: int) -> None:
    desk, filled = await _known(finders, talk, feature, number)
    await consented(talk, desk.key, version)
    await forms.resume(talk, form_of(desk), filled)


async def _begin(talk: Talk, desk: Desk, filled: Filled, agreed: Button) -> None:
    if await has_agreed(talk, desk):
        await cases.check_room(talk.session, talk.person.id, desk.key, desk.daily_limit, talk.now)
        await forms.resume(talk, form_of(desk), filled)
        return
    decline = presses.DO_NOT_AGREE.button(talk._("No, thank you"), desk.key)
    talk.say(desk_wording(talk, desk), [[agreed], [decline]])


def _desk(talk: Talk, key: str, kind: str) -> Desk:
    """Raises InvalidCallback: the organisation has no such desk, or the desk no such kind."""
    desk = talk.context.settings.desks.get(key)
    if desk is None or desk.kind(kind) is None:
        raise InvalidCallback
    return desk


async def _known(finders: Mapping[str, FindCaseFacts], talk: Talk, feature: str, number: int) -> tuple[Desk, Filled]:
    """Raises InvalidCallback: there is no such matter (any more), or no desk for it."""
    find = finders.get(feature)
    facts = await find(talk, number) if find is not None else None
    if facts is None:
        raise InvalidCallback
    desk = _desk(talk, facts.desk, facts.kind)
    filled = _of_facts(desk, facts)
    note_beginning(filled, feature)
    return desk, filled


def _of_kind(desk: Desk, kind: str) -> Filled:
    return Filled(answers={ask.key: kind for ask in desk.asks if ask.type is AskType.KIND})


def _of_facts(desk: Desk, facts: CaseFacts) -> Filled:
    """The story is begun and not complete: they go on with it in their own words."""
    filled = _of_kind(desk, facts.kind)
    for ask in desk.asks:
        if ask.type is AskType.DATE:
            filled.answers[ask.key] = facts.on.isoformat()
        elif ask.type is AskType.TEXT and ask.key == _PLACE:
            filled.answers[ask.key] = facts.place
    told = next((ask for ask in desk.asks if ask.type is AskType.PARTS), None)
    if told is not None:
        filled.gathered[told.key] = _encoded(desk, told, Said(text=facts.story))
    return filled


def _encoded(desk: Desk, ask: Ask, said: Said) -> list[Value]:
    stored = form_of(desk).questionnaire.by_key[ask.key].input.encode((said,))
    return list(stored) if isinstance(stored, list) else []
