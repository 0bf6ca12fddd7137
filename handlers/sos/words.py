"""Help from riders nearby, in words that several pages share."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.emergency_numbers import number_lines
from handlers.chat.press import Button, Buttons
from handlers.chat.talk import StatelessTalk, Talk
from handlers.chat.view import View
from handlers.sos import presses
from storage.emergency import emergency_numbers
from storage.people.access import Right
from storage.sos.ids import HelpCallId
from storage.sos.table import Content
from storage.telegram_ids import PersonId

MOST_NAME = 40


def first_number(view: View) -> str:
    """Whom to call before all others, where the organisation is."""
    return emergency_numbers.of_country(view.context.settings.organisation.country)[0].number


def numbers(view: View) -> Markup:
    """Whom to call, one a line."""
    return Markup("\n").join(number_lines(view.context, view.language))


def with_numbers(view: View, text: str) -> Markup:
    return Markup("{}\n\n{}").format(text, numbers(view))


def named(view: View, name: str) -> str:
    """The first name, or what stands for one that can't be shown."""
    return name or view._("somebody without a name")


def call_label(talk: StatelessTalk) -> str:
    return talk._("🆘 Tell riders nearby")


def own_name(talk: Talk) -> str:
    return talk.incoming.first_name[:MOST_NAME]


def call_off(view: View, call_id: HelpCallId) -> Button:
    return presses.CALL_OFF.button(view._("✅ I'm safe, end the call"), call_id)


def arrived(view: View, call_id: HelpCallId) -> Button:
    return presses.ARRIVED.button(view._("🙋 They are with me"), call_id)


def send_away(view: View, call_id: HelpCallId) -> Button:
    return presses.SEND_AWAY.button(view._("🙅 Send them away"), call_id)


def helper_buttons(view: View, call_id: HelpCallId, content: Content) -> Buttons:
    """For whoever is going to a call, or with the caller."""
    not_any_more = view._("🚴 I have to leave") if content.is_here else view._("✖ I can't come")
    return [
        [presses.HELPED.button(view._("✅ It's over"), call_id)],
        [presses.CANNOT_COME.button(not_any_more, call_id)],
    ]


async def followers(talk: Talk) -> list[PersonId]:
    """Who follows every call for help."""
    return await talk.context.staff.who_may(talk.session, Right.FOLLOW_HELP, talk.now)
