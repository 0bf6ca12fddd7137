"""/privacy: what is kept about me, a copy of it, and erasing it; each feature says its part."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from markupsafe import Markup

from handlers.chat.confirming import confirming
from handlers.chat.feature import Feature
from handlers.chat.keyboards import plain_keyboard
from handlers.chat.press import Button, Buttons
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from handlers.privacy import presses
from handlers.privacy.data_copy import copy_of
from storage import audit
from storage.people import people
from storage.privacy.audited import PrivacyAction
from storage.telegram_ids import NOBODY

Part = TypeVar("Part")
"""The actor of an erasure: the person who asked for it is not kept."""


_SUBJECT = Subject(
    N_("🔐 What is stored about me"),
    {
        "zh_Hans": "隐私、个人信息、个人资料、我的信息、我的资料、我的数据、删除我、删掉我、删除信息、删除数据、"
        "清除数据、注销、撤回同意",
        "en": "privacy, my data, personal data, my information, delete my, delete me, delete everything, "
        "delete account, erase, gdpr, consent",
    },
)


def register(routes: Routes, features: Sequence[Feature]) -> None:
    routes.command(
        "privacy",
        partial(privacy, features),
        about=N_("What is stored about me"),
        writes=False,
        for_blocked=True,
        subject=_SUBJECT,
    )
    routes.press(presses.ASK_TO_FORGET_HOME, ask_to_forget_home, writes=False, for_blocked=True)
    routes.press(presses.FORGET_HOME, partial(forget_home, features), for_blocked=True)
    routes.press(presses.KEEP, partial(keep, features), writes=False, for_blocked=True)
    routes.press(presses.COPY, partial(copy, features), writes=False, for_blocked=True)
    routes.press(presses.ASK_TO_ERASE, partial(ask_to_erase, features), writes=False, for_blocked=True)
    routes.press(presses.ASK_AGAIN, ask_again, writes=False, for_blocked=True)
    routes.press(presses.ERASE, partial(erase, features), for_blocked=True)


async def privacy(features: Sequence[Feature], talk: Talk) -> None:
    talk.say(*await _page(features, talk))


async def _page(features: Sequence[Feature], talk: Talk) -> tuple[str, Buttons]:
    organisation = talk.context.settings.organisation
    home = await people.home_of(talk.session, talk.person.id)
    kept = [*_own_lines(talk, has_home=home is not None)]
    for feature in features:
        kept += await _asked(feature.privacy.lines, talk)
    bullets = [Markup("• {}").format(line) for line in kept]
    care = talk._(
        "Names, numbers, places and answers are stored encrypted. Nobody outside {organisation} gets "
        "any of it. Whenever a coordinator reads your application or someone takes your case, it is "
        "logged."
    ).format(organisation=organisation.name)
    honestly = talk._(
        "You should know: Telegram can see what you write to a bot and which buttons you press. If you would rather "
        "talk to someone: {hotline}."
    ).format(hotline=organisation.hotline)
    lines = [
        Markup("<b>{}</b>").format(
            talk._("What {organisation} stores about you").format(organisation=organisation.name)
        ),
        Markup("<blockquote expandable>{}</blockquote>").format(Markup("\n").join([*bullets, Markup.escape(care)])),
        Markup.escape(honestly),
    ]
    return Markup("\n").join(lines), await _buttons(features, talk, has_home=home is not None)


def _own_lines(talk: Talk, *, has_home: bool) -> Sequence[str]:
    return [
        talk._(
            "your Telegram id, your language, and when you first and last wrote; a fingerprint of your @name, "
            "not the name itself"
        ),
        talk._("an unfinished form, for {forms} h").format(
            forms=formatting.hours(talk.context.settings.retention.unfinished_forms)
        ),
        talk._("your home area: {home}").format(
            home=talk._("saved, rounded to about 1 km") if has_home else talk._("not saved")
        ),
    ]


async def _buttons(features: Sequence[Feature], talk: Talk, *, has_home: bool) -> Buttons:
    rows: list[list[Button]] = [[presses.COPY.button(talk._("📄 Download a copy"))]]
    if has_home:
        rows.insert(0, [presses.ASK_TO_FORGET_HOME.button(talk._("🏠 Delete my area"))])
    for feature in features:
        rows += [[button] for button in await _asked(feature.privacy.buttons, talk)]
    return [*rows, [presses.ASK_TO_ERASE.button(talk._("🗑 Erase everything about me"))]]


async def _asked(ask: Callable[[Talk], Awaitable[Sequence[Part]]] | None, talk: Talk) -> Sequence[Part]:
    return await ask(talk) if ask is not None else ()


async def ask_to_forget_home(talk: Talk) -> None:
    go = presses.FORGET_HOME.button(talk._("🏠 Yes, delete it"))
    talk.edit(talk._("Delete the area that you saved?"), confirming(go, _keep_button(talk)))


async def forget_home(features: Sequence[Feature], talk: Talk) -> None:
    await people.forget_home(talk.session, talk.person.id)
    talk.answer_callback(talk._("Deleted."))
    talk.edit(*await _page(features, talk))


async def copy(features: Sequence[Feature], talk: Talk) -> None:
    """All of it in one file, in the chat."""
    file = await copy_of(talk, features)
    talk.document("nuanxin.html", file, talk._("Everything stored about you: readable here, with JSON inside."))


async def ask_to_erase(features: Sequence[Feature], talk: Talk) -> None:
    """What it means, for this person."""
    lines = [talk._("<b>Erase everything stored about you?</b>")]
    for feature in features:
        lines += await _asked(feature.privacy.warnings, talk)
    lines.append(
        talk._(
            "What the law requires us to keep stays, stored separately and without your name: that a member "
            "number was issued, from when to when; that something was reviewed, when and by which "
            "coordinator."
        )
    )
    talk.edit("\n".join(lines), confirming(presses.ASK_AGAIN.button(talk._("🗑 Yes, erase")), _keep_button(talk)))


async def ask_again(talk: Talk) -> None:
    """The harmless button stands where the last one was pressed."""
    talk.edit(
        talk._("Are you sure? This takes effect immediately and can't be undone."),
        [[_keep_button(talk)], [presses.ERASE.button(talk._("🗑 Erase permanently"))]],
    )


def _keep_button(talk: Talk) -> Button:
    return presses.KEEP.button(talk._("↩ No, keep my data"))


async def keep(features: Sequence[Feature], talk: Talk) -> None:
    talk.edit(*await _page(features, talk))


async def erase(features: Sequence[Feature], talk: Talk) -> None:
    """Ends what is open, then erases feature by feature."""
    for feature in features:
        if feature.privacy.leave is not None:
            await feature.privacy.leave(talk)
    for feature in features:
        for kept in feature.personal_data:
            if kept.erase is not None:
                await kept.erase(talk.session, talk.person.id)
    await audit.note(talk.session, NOBODY, PrivacyAction.PERSON_ERASED, talk.now)
    talk.edit(talk._("Your data has been erased. If you write again, you start fresh."))
    talk.say(talk._("Share a location whenever you need a station."), keyboard=plain_keyboard(talk.language))
