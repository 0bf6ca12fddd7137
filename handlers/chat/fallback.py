"""What is said when nothing else fits."""

from __future__ import annotations

import re

from handlers.chat import presses
from handlers.chat.keyboards import location_keyboard
from handlers.chat.press import Button
from handlers.chat.routes import Meant, Routes, line_of
from handlers.chat.subjects import fitting
from handlers.chat.talk import Danger, Talk

_OFFERED = 3
_THANKS = re.compile(
    r"(?:好的?|嗯|行)?[,，。!！ ]*(?:非常|太|多|万分)?(?:谢+|感谢|辛苦)(?:[您你]们?|大家|[了啦哈啊])*[!！。~～ ]*"
    r"|(?:ok|okay|many|great)?[,. ]*(?:thanks|thank (?:you|u)|thx|ty|cheers)(?: (?:a lot|so much|very much))?[!. ]*",
    re.IGNORECASE,
)

_AROUND = " ✅✔✖◀▶↩。.!！"
_BUTTON = re.compile(
    r"我?同意|我?不同意|同意，开始|取消|返回|跳过|提交|提交申请|发送|继续|继续填写?|下一页|更多|导航|确[定认]|撤回|就这些"
    r"|(?:i )?(?:don't )?agree|cancel|back|skip|send|continue|more|next|confirm|withdraw",
    re.IGNORECASE,
)
"""What stands on buttons, typed where nothing waits for it."""


def commands_meant(talk: Talk, routes: Routes, text: str | None = None) -> list[list[Button]]:
    """Buttons for the commands whose subject the text (or, without one, what was sent) is about, the best first."""
    if talk.danger is not Danger.NONE or talk.incoming.is_of_others:
        return []
    subjects = {name: route.subject for name, route in routes.commands.items() if route.subject is not None}
    return [
        [presses.COMMAND.button(line_of(subjects[name].label, talk.language), name)]
        for name in fitting(subjects, talk.text if text is None else text, _OFFERED)
    ]


async def matters_meant(talk: Talk, routes: Routes, text: str) -> Meant:
    """The same for what the whole text can be read as; else for the pages that it is about, which come first, and then
    the commands."""
    if talk.danger is not Danger.NONE or talk.incoming.is_of_others:
        return Meant()
    as_whole = [[button] for read in routes.whole_readers for button in await read(talk, text)]
    if as_whole:
        return Meant(as_whole=as_whole)
    pages = [[button] for find in routes.answer_finders for button in find(talk, text)]
    return Meant(by_words=pages + commands_meant(talk, routes, text))


async def stray_text(talk: Talk, routes: Routes) -> None:
    if _THANKS.fullmatch(talk.text.strip()):
        talk.say(
            talk._("You're welcome! Whenever you need a station, send me your location."),
            keyboard=location_keyboard(talk),
        )
        return
    meant = await matters_meant(talk, routes, talk.text)
    if await _is_offered(talk, routes, meant):
        return
    if meant.buttons:
        talk.say(talk._("Are you looking for this? See what else I can do: /help"), meant.buttons)
        return
    if _BUTTON.fullmatch(talk.text.strip(_AROUND)):
        talk.say(talk._("Please press the button under the message. Typing it isn't enough."))
        return
    talk.say(
        talk._("Send me your location and I'll show you the nearest station. See what else I can do: /help"),
        keyboard=location_keyboard(talk),
    )


async def stray_other(talk: Talk, routes: Routes) -> None:
    """A message without a text; each of an album may be offered something, but it is answered once."""
    if await _is_offered(talk, routes, Meant()) or talk.is_album_rest:
        return
    talk.say(
        talk._("I can't do anything with that. Send a location to find the nearest station, or see /help."),
        keyboard=location_keyboard(talk),
    )


async def _is_offered(talk: Talk, routes: Routes, meant: Meant) -> bool:
    if talk.danger is not Danger.NONE:
        return False
    for offer in routes.stray_offers:
        if await offer(talk, meant):
            return True
    return False
