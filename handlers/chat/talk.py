"""Talk: the one object that a handler gets. Who speaks, in which language, the session, the time, ways to answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message

from handlers.chat.context import AppContext
from handlers.chat.incoming import Incoming, Json
from handlers.chat.press import Button, Buttons
from handlers.i18n.translations import Translate, plural_in, translator
from storage.deliveries.notices import Notice
from storage.deliveries.queue import Addressed
from storage.people.access import Right, Role, may
from storage.people.people import PersonId
from storage.scratch import Scratch
from storage.updates.batched_writes import Append


class File(NamedTuple):
    """What is uploaded under a parameter's name: bytes, or a file that is read while it is sent."""

    name: str
    content: bytes | Scratch


@dataclass(slots=True)
class Outgoing:
    """One call of the Bot API, made after the commit. `after` hears its result.

    A minor one (the tick on a pressed button) may fail unnoticed. A vital one is said also to somebody in danger, who
    is spared all else (see handlers/chat/emergency.py).
    """

    method: str
    params: Json
    files: Mapping[str, File] = field(default_factory=dict)
    minor: bool = False
    after: Callable[[Json], Awaitable[None]] | None = None
    vital: bool = False


class Danger(Enum):
    """Whether words of acute danger were written, and what they are answered with."""

    NONE = "none"
    ALONE = "alone"
    """Whom to call, and nothing else."""
    FIRST = "first"
    """Whom to call, then all the rest: who runs the bot may be writing about somebody else."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks. `id` is also the private chat's."""

    id: PersonId
    language: str
    roles: frozenset[Role]
    form: str | None = None
    case: int | None = None
    case_number: str = ""
    """Of the case in which they write."""

    def may(self, right: Right) -> bool:
        return may(self.roles, right)

    @property
    def is_staff(self) -> bool:
        """More than a rider or a member."""
        return not self.roles <= {Role.RIDER, Role.MEMBER}


class NoSession:
    """Stands where a handler declared that it needs no transaction."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"this handler was registered with writes=False, but it used session.{name}")


@dataclass(slots=True)
class Talk:
    """A conversation's turn. What is said is kept in `outgoing` and leaves after the commit."""

    incoming: Incoming
    key: int
    person: Person
    chat_id: int
    now: datetime
    context: AppContext
    session: AsyncSession
    outgoing: list[Outgoing] = field(default_factory=list)
    notices: list[Addressed] = field(default_factory=list)
    appends: list[Append] = field(default_factory=list)
    committed: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What is to be done in this process once the transaction is committed, before anything is said."""
    keeps_answers: bool = False
    """Whether the database holds what is said until it has been said."""
    fetched: object = None
    """What the question's `look_up` brought, before the transaction began."""
    danger: Danger = Danger.NONE
    emergency: Outgoing | None = None
    """The numbers to call, once they are among what is said."""
    _: Translate = field(init=False)
    _today: date | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._ = translator(self.person.language)

    @property
    def language(self) -> str:
        return self.person.language

    def speak(self, language: str) -> None:
        """From now on in this language."""
        self.person = replace(self.person, language=language)
        self._ = translator(language)

    def plural(self, one: str, many: str, n: int) -> str:
        """The text for this number of things; `{n}` is still to be filled in."""
        return plural_in(self.language, one, many, n)

    @property
    def message(self) -> Message | None:
        """The message that the person sent, as the library's object; None for a press."""
        return self.incoming.message

    @property
    def text(self) -> str:
        return self.incoming.text

    @property
    def local_today(self) -> date:
        """The date in the organisation's zone."""
        if self._today is None:
            self._today = self.now.astimezone(self.context.settings.organisation.zone).date()
        return self._today

    @property
    def pressed_message_id(self) -> int | None:
        """The message under which a button was pressed, if Telegram still tells."""
        return self.incoming.message_id if self.incoming.is_press else None

    def say(
        self,
        text: str,
        buttons: Buttons | None = None,
        keyboard: Json | None = None,
        after: Callable[[Json], Awaitable[None]] | None = None,
        vital: bool = False,
    ) -> None:
        """Says something in this chat: HTML (see markupsafe), with inline buttons or a reply keyboard."""
        self.outgoing.append(
            Outgoing("sendMessage", message_params(self.chat_id, text, buttons, keyboard), after=after, vital=vital)
        )

    def notify(self, recipient: int, notice: Notice) -> None:
        """Queues a notice to somebody else, in this transaction."""
        self.notices.append(Addressed(recipient, notice, self.now))

    def edit(self, text: str, buttons: Buttons | None = None, message_id: int | None = None) -> None:
        """Changes the message of the pressed button (or the one named); says it anew where that is not possible: no
        message, or one that is a picture."""
        target = message_id or self.pressed_message_id
        pressed = self.incoming.body.get("message") if self.incoming.is_press else None
        is_picture = message_id is None and isinstance(pressed, dict) and ("photo" in pressed or "document" in pressed)
        if target is None or is_picture:
            self.say(text, buttons)
            return
        params = {**message_params(self.chat_id, text, buttons, None), "message_id": target}
        self.outgoing.append(Outgoing("editMessageText", params))

    def venue(self, latitude: float, longitude: float, title: str, address: str) -> None:
        params: Json = {
            "chat_id": self.chat_id,
            "latitude": latitude,
            "longitude": longitude,
            "title": title,
            "address": address or title,
        }
        self.outgoing.append(Outgoing("sendVenue", params))

    def photo(
        self,
        png: bytes,
        caption: str,
        buttons: Buttons | None = None,
        after: Callable[[Json], Awaitable[None]] | None = None,
    ) -> None:
        params: Json = {"chat_id": self.chat_id, "caption": caption, "parse_mode": "HTML"}
        files = {"photo": File("picture.png", png)}
        self.outgoing.append(Outgoing("sendPhoto", _with_buttons(params, buttons), files=files, after=after))

    def document(self, name: str, content: bytes, caption: str) -> None:
        params: Json = {"chat_id": self.chat_id, "caption": caption, "parse_mode": "HTML"}
        self.outgoing.append(Outgoing("sendDocument", params, files={"document": File(name, content)}))

    def toast(self, text: str = "", alert: bool = False) -> None:
        """Answers the press itself, with a short word or without one."""
        if self.incoming.is_press:
            params: Json = {
                "callback_query_id": str(self.incoming.body.get("id")),
                "text": text[:200],
                "show_alert": alert,
            }
            self.outgoing.append(Outgoing("answerCallbackQuery", params, minor=True))

    def send(self, method: str, params: Json, buttons: Buttons) -> None:
        """Sends a message as it was composed elsewhere, in this chat."""
        self.outgoing.append(Outgoing(method, _with_buttons({"chat_id": self.chat_id, **params}, buttons or None)))

    def change(self, method: str, params: Json, buttons: Buttons) -> None:
        """Changes a message that is not only text, as it was composed elsewhere."""
        self.outgoing.append(Outgoing(method, _with_buttons(params, buttons)))

    def call(self, method: str, params: Json) -> None:
        """Any other call of the Bot API that may fail without harm."""
        self.outgoing.append(Outgoing(method, params, minor=True))

    def append(self, row: Append) -> None:
        """Adds a row without having read anything (see storage/updates/batched_writes.py)."""
        self.appends.append(row)


def message_params(chat_id: int, text: str, buttons: Buttons | None, keyboard: Json | None = None) -> Json:
    """The parameters of a message: HTML without a link preview."""
    params: Json = {
        "chat_id": chat_id,
        "text": text,
        "parse_mode": "HTML",
        "link_preview_options": {"is_disabled": True},
    }
    if keyboard is not None:
        params["reply_markup"] = keyboard
        return params
    return _with_buttons(params, buttons)


def _with_buttons(params: Json, buttons: Buttons | None) -> Json:
    if buttons is not None:
        params["reply_markup"] = buttons_markup(buttons)
    return params


def buttons_markup(buttons: Buttons) -> Json:
    """Inline buttons as the Bot API wants them."""
    return {"inline_keyboard": [[_button(button) for button in row] for row in buttons if row]}


def _button(button: Button) -> Json:
    if button.url:
        return {"text": button.text, "url": button.url}
    return {"text": button.text, "callback_data": button.data}
