"""What to do today: the page of each kind of each desk, before its form and by search, and whether it helped."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.cases import presses
from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.formatting import bracketed
from storage.cases.answers import counts, pages, searching
from storage.cases.answers.pages import AnswerPage
from storage.cases.desks import Desk, in_language


def register(routes: Routes) -> None:
    routes.answers(found)
    routes.press(presses.CHOOSE_ANSWER, choose, writes=False)
    routes.press(presses.SHOW_ANSWER, show, writes=False)
    routes.press(presses.RATE_ANSWER, rate)


def page_buttons(talk: Talk, desk: Desk) -> list[list[Button]]:
    """On the desk's own page: the way to its answers, where it has any."""
    if not pages.pages_of(talk.context.settings.organisation.country, {desk.key: desk}):
        return []
    return [[presses.CHOOSE_ANSWER.button(talk._("💡 What you can do today"), desk.key)]]


def found(talk: Talk, text: str) -> Sequence[Button]:
    """The pages that a text is about, the best first."""
    settings = talk.context.settings
    known = pages.pages_of(settings.organisation.country, settings.desks)
    return [_button(talk, page, settings.desks[page.desk]) for page in searching.best(known, text)]


def _button(talk: Talk, page: AnswerPage, desk: Desk) -> Button:
    title = bracketed(talk._, pages.title_of(page, talk.language), in_language(desk.title, talk.language))
    return presses.SHOW_ANSWER.button(f"💡 {title}", page.desk, page.kind.key)


async def choose(talk: Talk, key: str) -> None:
    """Which kind of this desk."""
    desk = talk.context.settings.desks.get(key)
    if desk is None:
        raise InvalidCallback
    known = pages.pages_of(talk.context.settings.organisation.country, {key: desk})
    keys = [presses.SHOW_ANSWER.button(in_language(one.kind.words, talk.language), key, one.kind.key) for one in known]
    talk.say(talk._("Which matter?"), [keys[at : at + 2] for at in range(0, len(keys), 2)])


async def show(talk: Talk, key: str, kind: str) -> None:
    page, desk = _page(talk, key, kind)
    asked = [
        presses.RATE_ANSWER.button(talk._("👍 It helped"), key, kind, 1),
        presses.RATE_ANSWER.button(talk._("👎 It didn't"), key, kind, 0),
    ]
    talk.say(_text(talk, page, desk), [asked, *_ask_the_desk(talk, page, desk)])


async def rate(talk: Talk, key: str, kind: str, helped: int) -> None:
    """A counter rises, and the two buttons go."""
    page, desk = _page(talk, key, kind)
    if helped not in (0, 1):
        raise InvalidCallback
    await counts.add(talk.session, talk.person.id, (key, kind), talk.local_today, helped=bool(helped))
    said = talk._("Thank you.") if helped else talk._("Thank you. You can ask someone here.")
    talk.answer_callback(said)
    talk.edit(_text(talk, page, desk), _ask_the_desk(talk, page, desk))


def _page(talk: Talk, key: str, kind_key: str) -> tuple[AnswerPage, Desk]:
    """Raises InvalidCallback: there is no such page (any more)."""
    desk = talk.context.settings.desks.get(key)
    kind = desk.kind(kind_key) if desk is not None else None
    page = pages.page_of(talk.context.settings.organisation.country, key, kind) if kind is not None else None
    if desk is None or page is None:
        raise InvalidCallback
    return page, desk


def _text(talk: Talk, page: AnswerPage, desk: Desk) -> Markup:
    head = talk._("{matter}: what you can do today").format(matter=pages.title_of(page, talk.language))
    lines = [Markup("💡 <b>{}</b>").format(head)]
    lines += [Markup("{}. {}").format(at, step) for at, step in enumerate(page.steps_in(talk.language), start=1)]
    if page.source:
        source = talk._("Source: {law}. This is information, not legal advice.")
        lines.append(Markup("<i>{}</i>").format(source.format(law=in_language(page.source, talk.language))))
    numbers = desk.hotlines or (talk.context.settings.organisation.hotline,)
    lines.append(Markup("☎️ {}").format(" / ".join(numbers)))
    return Markup("\n").join(lines)


def _ask_the_desk(talk: Talk, page: AnswerPage, desk: Desk) -> Buttons:
    title = in_language(desk.title, talk.language)
    return [[presses.ASK_ABOUT.button(f"{desk.emoji} {title}", page.desk, page.kind.key)]]
