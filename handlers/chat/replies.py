"""What is said in a conversation's turn: calls of the Bot API that are made after the commit."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from handlers.chat.incoming import Incoming, Json
from handlers.chat.press import Button, Buttons
from storage.scratch import Scratch
from storage.telegram_ids import ChatId, MessageId

ANSWER_CALLBACK = "answerCallbackQuery"
_NOTED = "✍"


class File(NamedTuple):
    """What is uploaded under a parameter's name: bytes, or a file that is read while it is sent."""

    name: str
    content: bytes | Scratch


@dataclass(slots=True)
class Outgoing:
    """One call of the Bot API, made after the commit. `after` hears its result.

    A minor one (the tick on a pressed button) may fail unnoticed. A vital one is said also to somebody in danger, who
    is spared all else (see handlers/chat/emergency.py). A traceless one is never kept in the database, not even sealed:
    what could not be sent at once is lost.
    """

    method: str
    params: Json
    files: Mapping[str, File] = field(default_factory=dict)
    minor: bool = False
    after: Callable[[Json], Awaitable[None]] | None = None
    vital: bool = False
    traceless: bool = False


class Venue(NamedTuple):
    """A place with a name, which opens in the map of the phone. In degrees of WGS-84."""

    latitude: float
    longitude: float
    title: str
    address: str

    @property
    def params(self) -> Json:
        """Of the Bot API's sendVenue."""
        return {
            "latitude": self.latitude,
            "longitude": self.longitude,
            "title": self.title,
            "address": self.address or self.title,
        }


@dataclass(slots=True)
class Replies:
    """Collects in `outgoing` what is said to the person and the chat that an update came from."""

    incoming: Incoming
    outgoing: list[Outgoing] = field(init=False, default_factory=list)

    @property
    def chat_id(self) -> ChatId:
        return self.incoming.chat_id

    @property
    def _topic(self) -> Json:
        """A chat with topics is answered where it spoke."""
        topic = self.incoming.topic
        return {} if topic is None else {"message_thread_id": topic}

    @property
    def pressed_message_id(self) -> MessageId | None:
        """The message under which a button was pressed, if Telegram still tells."""
        return self.incoming.message_id if self.incoming.is_press else None

    @property
    def pressed_keyboard(self) -> list[list[Json]]:
        """The buttons of the message under which one was pressed, if Telegram still tells."""
        message = self.incoming.body.get("message") if self.incoming.is_press else None
        markup = message.get("reply_markup") if isinstance(message, dict) else None
        return markup.get("inline_keyboard", []) if isinstance(markup, dict) else []

    def say(
        self,
        text: str,
        buttons: Buttons | None = None,
        keyboard: Json | None = None,
        after: Callable[[Json], Awaitable[None]] | None = None,
        *,
        vital: bool = False,
    ) -> None:
        """Says something in this chat: HTML (see markupsafe), with inline buttons or a reply keyboard."""
        params = {**message_params(self.chat_id, text, buttons, keyboard), **self._topic}
        self.outgoing.append(Outgoing("sendMessage", params, after=after, vital=vital))

    def say_protected(self, text: str, buttons: Buttons | None = None) -> None:
        """The same with what belongs to somebody else: Telegram offers no way to forward or save it."""
        params = {**message_params(self.chat_id, text, buttons), **self._topic, "protect_content": True}
        self.outgoing.append(Outgoing("sendMessage", params))

    def edit(self, text: str, buttons: Buttons | None = None, message_id: MessageId | None = None) -> None:
        """Changes the message of the pressed button (or the one named); says it again where that is not possible: no
        message, or one without a text, such as a picture."""
        target = message_id or self.pressed_message_id
        pressed = self.incoming.body.get("message") if self.incoming.is_press else None
        has_no_text = message_id is None and isinstance(pressed, dict) and "text" not in pressed
        if target is None or has_no_text:
            self.say(text, buttons)
            return
        params = {**message_params(self.chat_id, text, buttons, None), "message_id": target}
        self.outgoing.append(Outgoing("editMessageText", params))

    def venue(
        self, venue: Venue, buttons: Buttons | None = None, after: Callable[[Json], Awaitable[None]] | None = None
    ) -> None:
        params: Json = {"chat_id": self.chat_id, **venue.params, **self._topic}
        self.outgoing.append(Outgoing("sendVenue", _with_buttons(params, buttons), after=after))

    def photo(
        self,
        png: bytes,
        caption: str,
        buttons: Buttons | None = None,
        after: Callable[[Json], Awaitable[None]] | None = None,
    ) -> None:
        params: Json = {"chat_id": self.chat_id, "caption": caption, "parse_mode": "HTML", **self._topic}
        files = {"photo": File("picture.png", png)}
        self.outgoing.append(Outgoing("sendPhoto", _with_buttons(params, buttons), files=files, after=after))

    def document(self, name: str, content: bytes, caption: str) -> None:
        params: Json = {"chat_id": self.chat_id, "caption": caption, "parse_mode": "HTML", **self._topic}
        self.outgoing.append(Outgoing("sendDocument", params, files={"document": File(name, content)}))

    def answer_callback(self, text: str = "", *, alert: bool = False) -> None:
        """Answers the press itself, with a short text or without one."""
        if self.incoming.is_press:
            params: Json = {
                "callback_query_id": str(self.incoming.body.get("id")),
                "text": text[:200],
                "show_alert": alert,
            }
            self.outgoing.append(Outgoing(ANSWER_CALLBACK, params, minor=True))

    def add_buttons(self, row: Sequence[Button]) -> bool:
        """Adds a row of buttons to the last message that is said in this chat; False if it can't have them."""
        sent = [
            one for one in self.outgoing if one.method.startswith("send") and one.params.get("chat_id") == self.chat_id
        ]
        markup = sent[-1].params.get("reply_markup", {}) if sent else None
        if markup is None or not markup.keys() <= {"inline_keyboard"}:
            return False
        rows = [*markup.get("inline_keyboard", []), *buttons_markup([row])["inline_keyboard"]]
        sent[-1].params["reply_markup"] = {"inline_keyboard": rows}
        return True

    def send(self, method: str, params: Json, buttons: Buttons) -> None:
        """Sends a message of any kind, as it was composed elsewhere, in this chat."""
        self.outgoing.append(
            Outgoing(method, _with_buttons({"chat_id": self.chat_id, **self._topic, **params}, buttons or None))
        )

    def edit_caption(self, caption: str, buttons: Buttons) -> None:
        """Changes the text below the picture whose button was pressed."""
        params: Json = {
            "chat_id": self.chat_id,
            "message_id": self.pressed_message_id,
            "caption": caption,
            "parse_mode": "HTML",
        }
        self.outgoing.append(Outgoing("editMessageCaption", _with_buttons(params, buttons)))

    def edit_media(self, media: Json, buttons: Buttons) -> None:
        """Puts another picture, video or document, with its caption, in place of the one whose button was pressed."""
        params: Json = {"chat_id": self.chat_id, "message_id": self.pressed_message_id, "media": media}
        self.outgoing.append(Outgoing("editMessageMedia", _with_buttons(params, buttons)))

    def delete_pressed(self) -> None:
        """Removes the message of the pressed button. It may fail without harm."""
        if self.pressed_message_id is not None:
            self.call_api("deleteMessage", {"chat_id": self.chat_id, "message_id": self.pressed_message_id})

    def close(self, text: str) -> None:
        """Changes the message of the pressed button for good, and takes its buttons off. It may fail without harm."""
        pressed = self.incoming.body.get("message")
        if not isinstance(pressed, dict) or "text" not in pressed:
            self.remove_buttons()
            return
        params = {**message_params(self.chat_id, text, None), "message_id": self.pressed_message_id}
        self.call_api("editMessageText", params)

    def remove_buttons(self) -> None:
        """Takes the buttons off the message of the pressed one, if one was pressed."""
        if self.pressed_message_id is None:
            return
        params: Json = {"chat_id": self.chat_id, "message_id": self.pressed_message_id}
        self.call_api("editMessageReplyMarkup", params)

    def put_in_place(self, rows: Buttons) -> None:
        """Puts rows of buttons in place of the row of the pressed one; the others below the message stay."""
        pressed, more = self.incoming.body.get("data"), buttons_markup(rows)["inline_keyboard"]
        keyboard: list[list[Json]] = []
        for row in self.pressed_keyboard:
            keyboard += more if any(key.get("callback_data") == pressed for key in row) else [row]
        params: Json = {"chat_id": self.chat_id, "message_id": self.pressed_message_id}
        self.call_api("editMessageReplyMarkup", {**params, "reply_markup": {"inline_keyboard": keyboard}})

    def relabel(self, button: Button) -> None:
        """Gives the pressed button another text; the others below the message stay."""
        pressed = self.incoming.body.get("message")
        markup = pressed.get("reply_markup") if isinstance(pressed, dict) else None
        if not isinstance(markup, dict):
            return
        rows = [
            [{**key, "text": button.text} if key.get("callback_data") == button.data else key for key in row]
            for row in markup.get("inline_keyboard", [])
        ]
        params: Json = {"chat_id": self.chat_id, "message_id": self.pressed_message_id}
        self.call_api("editMessageReplyMarkup", {**params, "reply_markup": {"inline_keyboard": rows}})

    def leave_no_trace(self) -> None:
        """What has been said so far in this turn is sent, and never kept."""
        for one in self.outgoing:
            one.traceless = True

    def mark_as_noted(self) -> None:
        """A reaction on the message that came, in place of a message that says "received". Of those that Telegram
        allows it is the one that fits below whatever somebody has to tell: 👌 and 👍 do not."""
        reaction = [{"type": "emoji", "emoji": _NOTED}]
        params: Json = {"chat_id": self.chat_id, "message_id": self.incoming.message_id, "reaction": reaction}
        self.call_api("setMessageReaction", params)

    def call_api(self, method: str, params: Json) -> None:
        """Any other call of the Bot API that may fail without harm."""
        self.outgoing.append(Outgoing(method, params, minor=True))


def message_params(chat_id: ChatId, text: str, buttons: Buttons | None, keyboard: Json | None = None) -> Json:
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
    if button.copied:
        return {"text": button.text, "copy_text": {"text": button.copied}}
    if button.app:
        return {"text": button.text, "web_app": {"url": button.app}}
    return {"text": button.text, "callback_data": button.data}
