"""Words of acute danger, wherever they are written to the bot: whom to call comes first and alone, above one button.

Nothing notes that somebody wrote them, unless it was in a case.
"""

from __future__ import annotations

from markupsafe import Markup
from telegram import Chat

from handlers.cases.desk_form import form_name
from handlers.chat.context import AppContext
from handlers.chat.emergency_numbers import number_lines
from handlers.chat.incoming import Incoming
from handlers.chat.press import Button, Press
from handlers.chat.replies import Outgoing, message_params
from handlers.chat.talk import Danger, StatelessTalk
from handlers.i18n.translations import translator
from storage.cases.desks import in_language
from storage.people.access import Right

TALK_TO_SOMEBODY = Press("urgent")
SEND_NOW = Press("urgentsend")


def is_heard(incoming: Incoming, context: AppContext) -> bool:
    """Whether a message or an edit, or what is written below a file, holds words of danger; never so in a group."""
    if incoming.chat_type != Chat.PRIVATE or incoming.kind not in ("message", "edited_message"):
        return False
    text = incoming.body.get("text") or incoming.body.get("caption")
    return isinstance(text, str) and context.is_danger(text)


def answer_for(right: Right) -> Danger:
    """What is only for those who run the bot is often about somebody else, so it goes on as ever afterwards."""
    return Danger.ALONE if right is Right.USE else Danger.FIRST


def put_first(talk: StatelessTalk) -> None:
    """Whom to call, ahead of what was going to be said; to whoever may be in danger only what is vital of that, since
    nothing may bury it. May be called again after more was said."""
    if talk.danger is Danger.NONE:
        return
    rest = [one for one in talk.outgoing if one is not talk.emergency]
    if talk.danger is Danger.ALONE:
        rest = [one for one in rest if one.vital or not _is_said_here(talk, one)]
    button = _button(talk)
    params = message_params(talk.chat_id, words(talk.context, talk.language), [[button]] if button else None)
    talk.emergency = Outgoing("sendMessage", params, vital=True)
    talk.outgoing = [talk.emergency, *rest]


def _is_said_here(talk: StatelessTalk, one: Outgoing) -> bool:
    return one.method.startswith("send") and one.params.get("chat_id") == talk.chat_id


def _button(talk: StatelessTalk) -> Button | None:
    """To somebody who listens; who is telling it there already sends that."""
    desk = talk.context.crisis_desk
    if desk is None or talk.context.blocks.is_blocked(talk.person.id, talk.now):
        return None
    if talk.person.form == form_name(desk):
        return SEND_NOW.button(talk._("📨 Send now"))
    return TALK_TO_SOMEBODY.button(talk._("💛 Talk to someone"))


def words(context: AppContext, language: str) -> Markup:
    """Whom to call: the numbers of the country and the organisation's own, or what the organisation says instead."""
    desk = context.crisis_desk
    if desk is not None and desk.emergency:
        return Markup(in_language(desk.emergency, language))
    _ = translator(language)
    return Markup("\n").join(
        [
            Markup("<b>{}</b>").format(_("Are you in danger right now? Please call at once:")),
            *number_lines(context, language),
            Markup("{}").format(_("If someone is near you, call out to them. Don't stay alone.")),
        ]
    )
