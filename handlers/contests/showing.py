"""An entry as one message: its text, or its file with what is said below it."""

from __future__ import annotations

from markupsafe import Markup

from handlers.chat.context import AppContext
from handlers.chat.incoming import Json
from handlers.chat.press import Buttons
from handlers.chat.talk import Talk
from storage.contests.entries import Content, Kind
from storage.contests.ids import EntryId

SENDS = {Kind.TEXT: "sendMessage", Kind.PHOTO: "sendPhoto", Kind.VIDEO: "sendVideo", Kind.DOCUMENT: "sendDocument"}


def about(content: Content, category: str, *, is_blind: bool = False) -> Markup:
    """Its title, category and words, and by whom it is; judges are not told that."""
    by = [] if is_blind else [content.entrant]
    lines = [Markup("<b>{}</b>").format(content.title), Markup.escape(" · ".join([category, *by]))]
    return Markup("\n").join([*lines, *([Markup("\n{}").format(content.words)] if content.words else [])])


def post_text(context: AppContext, content: Content, category: str, entry_id: EntryId) -> Markup:
    """As it stands in the contest's channel."""
    return Markup("{}\n\n{}").format(about(content, category), context.link(f"con_{entry_id}"))


def edit_of(content: Content, caption: str) -> tuple[str, Json]:
    """The method that changes what is said in a message that was sent, or below its file; and its parameters."""
    if content.kind is Kind.TEXT:
        plain = {"text": caption, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
        return "editMessageText", plain
    return "editMessageCaption", {"caption": caption, "parse_mode": "HTML"}


def params_of(content: Content, caption: str, file_id: str = "") -> tuple[str, Json]:
    """The method and its parameters; `file_id` stands in place of the entry's own."""
    method = SENDS[content.kind]
    if content.kind is Kind.TEXT:
        return method, {"text": caption, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
    return method, {content.kind.value: file_id or content.file_id, "caption": caption, "parse_mode": "HTML"}


def send(talk: Talk, content: Content, caption: str, buttons: Buttons) -> None:
    """As a message of its own."""
    talk.send(*params_of(content, caption), buttons)


def turn(talk: Talk, content: Content, caption: str, buttons: Buttons) -> None:
    """In place of the entry whose button was pressed. A text can't become a file, nor a file a text: there the old
    message goes, and a new one comes."""
    pressed = talk.incoming.body.get("message") if talk.incoming.is_press else None
    was_text = isinstance(pressed, dict) and "text" in pressed
    if was_text and content.kind is Kind.TEXT:
        talk.edit(caption, buttons)
    elif _is_file(pressed) and content.kind is not Kind.TEXT:
        media = {"type": content.kind.value, "media": content.file_id, "caption": caption, "parse_mode": "HTML"}
        talk.edit_media(media, buttons)
    else:
        talk.delete_pressed()
        send(talk, content, caption, buttons)


def say_below(talk: Talk, caption: str, buttons: Buttons) -> None:
    """Changes what is said below the file whose button was pressed, or the text itself."""
    pressed = talk.incoming.body.get("message") if talk.incoming.is_press else None
    if _is_file(pressed):
        talk.edit_caption(caption, buttons)
    else:
        talk.edit(caption, buttons)


def _is_file(message: object) -> bool:
    """Whether a message, which Telegram may tell nothing of, has a file that can be exchanged."""
    return isinstance(message, dict) and any(kind in message for kind in ("photo", "video", "document"))
