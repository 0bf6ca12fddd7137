"""The first words, help, language, and what to say when nothing else fits."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup, escape
from telegram import ChatMember

from handlers.chat import presses
from handlers.chat.dispatch import command_of, may_start_with
from handlers.chat.events import Event
from handlers.chat.fallback import matters_meant, stray_other
from handlers.chat.feature import AllFeatures, Feature
from handlers.chat.incoming import Json
from handlers.chat.keyboards import location_keyboard
from handlers.chat.press import Button, InvalidCallback
from handlers.chat.routes import Routes, menu
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.i18n.translations import LANGUAGES, N_
from storage.database import apart
from storage.people import people
from storage.people.access import Right, Role

DESCRIPTION = N_(
    "Share your location and see the nearest rest station that is open, with water, charging, a toilet. "
    "For riders, couriers and drivers. Press Start."
)
_HELP = Subject(
    N_("💡 What I can do"),
    {
        "zh_Hans": "帮助、热线、工会电话、你们电话、你们的电话、电话多少、电话是多少、电话号码、联系电话、人工、客服、"
        "怎么用、功能、联系你们、怎么联系、联系方式、能干什么、能干啥、能做什么、会什么",
        "en": "help, hotline, phone number, your phone, call you, contact you, what can you do, how does this work",
    },
)
_LANGUAGE = Subject(
    N_("语言 / Language"),
    {"zh_Hans": "语言、英文、英语、中文、汉语", "en": "language, english, chinese"},
)
SHORT_DESCRIPTION = N_("The nearest open rest station, for riders, couriers and drivers")


def register(routes: Routes, others: AllFeatures) -> None:
    async def show_help(talk: Talk) -> None:
        command, matter = command_of(talk.text, talk.context)
        if command != "help" or not matter or not await help_about(talk, routes, matter):
            await help_(talk, routes)

    async def chosen(talk: Talk, language: str) -> None:
        await choose_language(talk, language, routes)
        await forms.remind(talk, routes.forms)

    async def cancelled(talk: Talk) -> None:
        await cancel(talk, routes, others)

    async def started(talk: Talk) -> None:
        await start(talk, routes, others)

    async def sent(talk: Talk) -> None:
        await stray_other(talk, routes)

    async def asked_in_group(talk: Talk) -> None:
        await group(talk, routes)

    async def form_pressed(talk: Talk, mark: str, what: str, argument: str) -> None:
        await forms.press(talk, routes.forms, mark, what, argument)

    routes.press(presses.FORM, form_pressed)
    routes.command("start", started, about=N_("Start"), writes=False)

    async def command_pressed(talk: Talk, name: str) -> None:
        await run_command(talk, routes, name)

    routes.press(presses.COMMAND, command_pressed)
    routes.command("help", show_help, about=N_("What I can do"), writes=False, subject=_HELP)
    routes.command("language", language, about=N_("语言 / Language"), writes=False, for_blocked=True, subject=_LANGUAGE)
    routes.command("id", tell_id, writes=False)
    routes.command("cancel", cancelled, about=N_("Leave the form"))
    routes.press(presses.CHOOSE_LANGUAGE, chosen, for_blocked=True)
    routes.event(Event.OTHER, sent, writes=False)
    routes.event(Event.UNKNOWN, unknown, writes=False)
    routes.event(Event.GROUP, asked_in_group, writes=False)
    routes.event(Event.MEMBERSHIP, membership, for_blocked=True)


async def run_command(talk: Talk, routes: Routes, name: str) -> None:
    """What the button under a text does, which offers the command that the text is about."""
    route = routes.commands.get(name)
    if route is None or route.subject is None:
        raise InvalidCallback
    await route.call().run(talk)


async def start(talk: Talk, routes: Routes, others: AllFeatures) -> None:
    """The welcome. Who runs the bot gets their own menu, which could not be published before they pressed Start, and
    what waits for them."""
    if len(talk.person.roles) > 1:
        show_menu(talk, routes, talk.language)
    if talk.person.is_staff:
        await _show_duties(talk, others)
        return
    organisation = talk.context.settings.organisation
    text = Markup(
        talk._(
            "<b>Welcome to Nuanxin, the riders' bot of {organisation}.</b>\n"
            "\n"
            "Tap the big button below for the nearest open station with water, charging or a toilet.\n"
            "\n"
            "More: /help. Hotline: {hotline}"
        )
    ).format(organisation=organisation.name, hotline=organisation.hotline)
    greeting = talk.context.settings.greeting.get(talk.language)
    if greeting:
        text += Markup("\n\n{}").format(greeting)
    staff = talk.context.staff
    if not (staff.admins or await staff.with_role(talk.session, Role.ADMIN, talk.now)):
        text += (
            "\n\n"
            + _own_id(talk)
            + "\n"
            + talk._(
                "No admin is configured yet. If you run this bot, put the number under [people] admins in config.toml."
            )
        )
    talk.say(text, keyboard=location_keyboard(talk))


async def _show_duties(talk: Talk, others: AllFeatures) -> None:
    """What each feature has for this person; then what riders are told, in two sentences."""
    with apart(talk.session):  # they are counted from long tables
        found = [duty for one in others.features if one.duties is not None for duty in await one.duties(talk)]
    lines = [Markup("📋 <b>{}</b>").format(talk._("Waiting for you"))]
    lines += [Markup("• {}").format(duty.words) for duty in found]
    if not found:
        lines.append(Markup("{}").format(talk._("✅ Nothing at the moment.")))
    talk.say(Markup("\n").join(lines), [duty.buttons for duty in found])
    text = talk._("Welcome to Nuanxin. To search as a rider, share your location below. All commands: /help")
    talk.say(escape(text), keyboard=location_keyboard(talk))


async def tell_id(talk: Talk) -> None:
    """/id: the number by which the config names its admins."""
    talk.say(_own_id(talk))


def _own_id(talk: Talk) -> Markup:
    return Markup(talk._("Your Telegram id: <code>{id}</code>")).format(id=talk.person.id)


async def help_(talk: Talk, routes: Routes) -> None:
    lines = [Markup("<b>{}</b>").format(talk._("What I can do"))]
    lines.append(Markup("📍 {}").format(talk._("Send a location at any time to find the nearest stations.")))
    lines += [Markup("/{} — {}").format(name, about) for name, about in menu(routes, talk.person.may, talk.language)]
    hotline = talk.context.settings.organisation.hotline
    lines.append(Markup("\n☎️ {}").format(talk._("Hotline: {hotline}").format(hotline=hotline)))
    talk.say(Markup("\n").join(lines), keyboard=location_keyboard(talk))


async def help_about(talk: Talk, routes: Routes, matter: str) -> bool:
    """/help fine: the pages and commands that this is about; False if there are none."""
    meant = (await matters_meant(talk, routes, matter)).buttons
    if meant:
        talk.say(talk._("This may help. See what else I can do: /help"), meant)
    return bool(meant)


async def language(talk: Talk) -> None:
    talk.say(
        "请选择语言 / Choose your language",
        [[presses.CHOOSE_LANGUAGE.button(name, code) for code, name in LANGUAGES.items()]],
    )


async def choose_language(talk: Talk, code: str, routes: Routes) -> None:
    if code not in LANGUAGES:
        raise InvalidCallback
    await people.choose_language(talk.session, talk.person.id, code)
    talk.speak(code)
    show_menu(talk, routes, code)
    talk.edit(talk._("I'll speak English from now on."))
    talk.say(talk._("Share your location with the button below."), keyboard=location_keyboard(talk))


def show_menu(talk: Talk, routes: Routes, language: str) -> None:
    """The command menu of this chat: this person's commands, in this language."""
    commands = menu_commands(routes, talk.person.may, language)
    talk.call_api("setMyCommands", {"commands": commands, "scope": {"type": "chat", "chat_id": talk.chat_id}})


def menu_commands(routes: Routes, may: Callable[[Right], bool], language: str) -> list[Json]:
    """The commands of whoever has these rights, as the Bot API wants them."""
    return [{"command": name, "description": about} for name, about in menu(routes, may, language)]


async def cancel(talk: Talk, routes: Routes, others: AllFeatures) -> None:
    """Closes the open form, and names what goes on all the same: somebody would take it for ended."""
    was_open = await forms.cancel(talk, routes.forms)
    found = [await feature.beyond_cancel(talk) for feature in others.features if feature.beyond_cancel is not None]
    going_on = [page for page in found if page is not None]
    for words, buttons in going_on:
        talk.say(words, buttons)
    if not was_open and not going_on:
        talk.say(talk._("There is nothing to cancel."), keyboard=location_keyboard(talk))


async def unknown(talk: Talk) -> None:
    talk.say(talk._("I don't know this command. See what I can do: /help"))


async def group(talk: Talk, routes: Routes) -> None:
    """A group is no place for anybody's location: only the way to the private chat, and there to what was asked for."""
    command, _ = command_of(talk.text, talk.context) if talk.text.startswith("/") else ("", "")
    payload = command if command in may_start_with(routes) else ""
    button = [[Button(talk._("Open private chat"), url=talk.context.link(payload))]]
    if talk.incoming.is_press:
        talk.answer_callback(talk._("Please message me in private."), alert=True)
    else:
        talk.say(talk._("Please message me in private."), button)


async def membership(talk: Talk) -> None:
    """The person blocked the bot, or let it in again."""
    change = talk.incoming.update.my_chat_member
    if change is not None and change.new_chat_member.status in (ChatMember.BANNED, ChatMember.LEFT):
        await people.mark_unreachable(talk.session, talk.person.id)


FEATURE = Feature(name="start", register=register)
