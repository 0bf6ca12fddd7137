"""What people are asked to agree to before anything is asked: the wordings, by purpose and version.

What it is for, who has it and for how long stand open; the rest is folded. A changed sentence is a new version, and who
agreed to an older one is asked again; another order is none (a test holds each version's sentences).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from markupsafe import Markup

from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from storage.cases.desks import Desk, in_language

_FOLD = re.compile(r"</?blockquote[^>]*>")


class Wording(NamedTuple):
    """A text with the blanks {organisation}, {hotline} and {days}."""

    purpose: str
    version: int
    text: str


JOIN = Wording(
    "join",
    3,
    N_(
        "<b>Before the first question: your data</b>\n"
        "• <b>What for:</b> to decide on your membership, to manage it, and to write to members. "
        "Nothing else.\n"
        "• <b>Who keeps it:</b> {organisation}. Platforms, employers and anyone else get none of it.\n"
        "• <b>How long:</b> while you are a member. A refused or withdrawn application: {days} days. "
        "You can see, copy, withdraw and erase your data at any time: /privacy.\n"
        "<blockquote expandable>"
        "<b>What:</b> your name, phone number, platform, kind of work, district, whether you have "
        "accident insurance; your ID number and a picture of your platform profile where asked. Union "
        "membership and ID numbers are sensitive: they are stored encrypted, and only the coordinators "
        "who review applications can read them. Every access is logged.\n"
        "<b>Telegram</b> can read what you write to a bot. If you would rather talk to someone: "
        "{hotline}.\n"
        "You don't have to agree: everything else works without it."
        "</blockquote>\n"
        "Do you agree that {organisation} processes this data, including the sensitive parts, to decide "
        "on and manage your membership?"
    ),
)


CASE = Wording(
    "desk",
    3,
    N_(
        "<b>{sign} {title}</b>\n"
        "{before}\n"
        "\n"
        "<b>Before the first question</b>\n"
        "• <b>What for:</b> {purpose}.\n"
        "• <b>Who reads it:</b> only the person who takes your case.\n"
        "• <b>How long:</b> everything personal is erased {days} days after the case is closed, or "
        "whenever you ask: /privacy.\n"
        "<blockquote expandable>"
        "An admin has to write down a reason before looking into it, and that is logged. Platforms and "
        "employers never see what you write.\n"
        "Cases are counted by month, kind and platform only, and no number below 5 is shown.\n"
        "<b>Your name:</b> you can leave it out. The person who helps you never sees your account, "
        "nor you theirs.\n"
        "<b>Telegram</b> can read what you write to a bot. If you would rather talk to someone: ☎️ "
        "{hotlines}."
        "</blockquote>\n"
        "This is sensitive information. Do you agree that {organisation} stores it, encrypted, for this purpose?"
    ),
)
"""Of every desk; the consent is kept under the desk's own purpose."""


LEVELS = Wording(
    "desk",
    201,
    N_(
        "<b>{sign} {title}</b>\n"
        "{before}\n"
        "\n"
        "<b>Before the first question</b>\n"
        "• <b>What for:</b> {purpose}.\n"
        "• <b>Who reads it:</b> one reviewer at each level: {levels}. Nobody decides at two levels.\n"
        "• <b>How long:</b> everything personal is erased {days} days after the decision, or "
        "whenever you ask: /privacy.\n"
        "<blockquote expandable>"
        "An admin has to write down a reason before looking into it, and that is logged. Platforms get none of it.\n"
        "Cases are counted by month, kind and platform only, and no number below 5 is shown.\n"
        "<b>About somebody else:</b> only with their agreement; tell them what you write here.\n"
        "<b>Telegram</b> can read what you write to a bot. If you would rather talk to someone: ☎️ "
        "{hotlines}."
        "</blockquote>\n"
        "This is sensitive information. Do you agree that {organisation} stores it, encrypted, for this purpose?"
    ),
)
"""Of a desk that decides level by level. Its versions count from 201."""


def wording_for(desk: Desk) -> Wording:
    """What is to be agreed to at this desk."""
    return LEVELS if desk.levels else CASE


URGENT = Wording(
    "desk",
    103,
    N_(
        "<b>{sign} You are not alone in this</b>\n"
        "If you want to talk to someone right now, call: ☎️ {hotlines}.\n"
        "\n"
        "• The people on duty at {organisation} are alerted at once, and one of them will read what you "
        "write here and answer. An admin has to write down a reason before looking into it.\n"
        "• Nobody sees your account, and you don't have to give your name. What you write is stored "
        "encrypted, only to help you, and erased {days} days after the case is closed, or whenever you "
        "ask: /privacy.\n"
        "• Telegram can read what you write to a bot.\n"
        "\n"
        "Do you agree that {organisation} stores what you write here, to help you?"
    ),
)
"""The same in short, for somebody who may be in danger. Its versions count from 101, apart from those of CASE."""


def urgent_wording(talk: Talk, desk: Desk) -> Markup:
    """What stands before the short way to the desk that listens."""
    organisation = talk.context.settings.organisation
    return Markup(talk._(URGENT.text)).format(
        sign=desk.emoji,
        organisation=organisation.name,
        hotlines=" / ".join(desk.hotlines) or organisation.hotline,
        days=talk.context.settings.retention.closed_cases.days,
    )


def desk_wording(talk: Talk, desk: Desk) -> Markup:
    """What stands before a desk's first question, in the person's language."""
    organisation = talk.context.settings.organisation
    before = in_language(desk.intro, talk.language).replace("{organisation}", organisation.name)
    return Markup(talk._(wording_for(desk).text)).format(
        sign=desk.emoji,
        title=in_language(desk.title, talk.language),
        before=Markup(before),
        purpose=in_language(desk.used_for, talk.language) or talk._("to help you with this matter"),
        levels=" → ".join(in_language(level.title, talk.language) for level in desk.levels),
        organisation=organisation.name,
        hotlines=" / ".join(desk.hotlines) or organisation.hotline,
        days=talk.context.settings.retention.closed_cases.days,
    )


def folded_wording(talk: Talk, desk: Desk) -> Markup:
    """The same for whoever has agreed to it and comes back to a saved form."""
    return Markup("<b>{} {}</b>\n{}\n<blockquote expandable>{}</blockquote>").format(
        desk.emoji,
        in_language(desk.title, talk.language),
        talk._("Your saved form is still here. What you agreed to:"),
        Markup(_FOLD.sub("", desk_wording(talk, desk))),
    )


def wording(talk: Talk, wanted: Wording) -> Markup:
    """The text in the person's language."""
    organisation = talk.context.settings.organisation
    return Markup(talk._(wanted.text)).format(
        organisation=organisation.name,
        hotline=organisation.hotline,
        days=talk.context.settings.retention.decided_applications.days,
    )
