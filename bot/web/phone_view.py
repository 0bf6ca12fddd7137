"""A message as a phone shows it: its text with the formatting of its entities, its buttons, or what it is instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from handlers.broadcasts.shown import sent_buttons
from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_, language_name
from handlers.inputs.link import NotALink, read_link
from storage.broadcasts.content import Content
from storage.broadcasts.ids import BroadcastId
from storage.people.topics import Topic

_TAGS = {
    "bold": "b",
    "italic": "i",
    "underline": "u",
    "strikethrough": "s",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "expandable_blockquote": "blockquote",
}
PHOTO = "sendPhoto"
_KINDS = {
    PHOTO: N_("🖼 A picture"),
    "sendAnimation": N_("🎞 An animation"),
    "sendDocument": N_("📎 A document"),
    "sendVoice": N_("🎤 A voice message"),
    "sendVideo": N_("🎬 A video"),
    "sendAudio": N_("🎵 An audio file"),
    "sendVideoNote": N_("🎬 A video"),
    "sendSticker": N_("A sticker"),
    "sendContact": N_("👤 A contact"),
    "sendLocation": N_("📍 A location"),
    "sendVenue": N_("📍 A location"),
}
SHOWN_WHOLE = frozenset({"sendMessage", PHOTO, "sendContact", "sendLocation", "sendVenue"})
"""The methods of messages of which a page shows all; of the others only the chat does."""


class Shown(NamedTuple):
    """A message: `language` by its name, "" where there is only one version; `kind` says what it is beside its text;
    `buttons` are what stands on the buttons below."""

    language: str
    kind: str
    is_photo: bool
    text: Markup
    buttons: Sequence[str]


def versions(talk: Talk, broadcast_id: BroadcastId, content: Content, topic: Topic) -> list[Shown]:
    """A broadcast in each of its languages, as its readers will see it."""
    languages = content.languages(talk.context.settings.organisation.language)
    return [_version(talk, broadcast_id, content, topic, one, is_one=len(languages) == 1) for one in languages]


def _version(
    talk: Talk, broadcast_id: BroadcastId, content: Content, topic: Topic, language: str, *, is_one: bool
) -> Shown:
    method, params = content.call_in(language)
    rows = sent_buttons(broadcast_id, content, topic, talk.language if is_one else language)
    return Shown(
        "" if is_one else language_name(language, talk.language),
        talk._(_KINDS[method]) if method in _KINDS else "",
        method == PHOTO,
        _words(method, params),
        [button.text for row in rows for button in row],
    )


def is_shown_whole(content: Content) -> bool:
    """Whether a page shows all that its readers get."""
    methods = {content.method, *([content.other.method] if content.other is not None else [])}
    return methods <= SHOWN_WHOLE


def _words(method: str, params: Mapping[str, object]) -> Markup:
    if method == "sendMessage":
        return formatted(str(params.get("text") or ""), _entities(params, "entities"))
    if "caption" in params:
        return formatted(str(params.get("caption") or ""), _entities(params, "caption_entities"))
    names = ("title", "address", "first_name", "last_name", "phone_number", "latitude", "longitude")
    return escape("\n".join(str(params[name]) for name in names if params.get(name) is not None))


def _entities(params: Mapping[str, object], name: str) -> list[Json]:
    found = params.get(name)
    return found if isinstance(found, list) else []


def formatted(text: str, entities: Sequence[Json]) -> Markup:
    """The text with the formatting of its entities, whose offsets count UTF-16 units. Of two that overlap, the later
    one ends with the earlier one."""
    coded = text.encode("utf-16-le")
    spans = [(int(one.get("offset", 0)), int(one.get("length", 0)), one) for one in entities]
    spans = sorted(
        (one for one in spans if 0 <= one[0] < one[0] + one[1] <= len(coded) // 2),
        key=lambda one: (one[0], -one[1]),
    )
    return _within(coded, 0, len(coded) // 2, spans)


def _within(coded: bytes, start: int, end: int, spans: list[tuple[int, int, Json]]) -> Markup:
    parts, at = [], start
    while spans:
        offset, length, entity = spans[0]
        stop = min(offset + length, end)
        inside = [one for one in spans[1:] if one[0] < stop]
        spans = [one for one in spans[1:] if one[0] >= stop]
        parts.append(_plain(coded, at, offset))
        words = _plain(coded, offset, stop)
        parts.append(_wrapped(entity, words, _within(coded, offset, stop, inside)))
        at = stop
    return Markup("").join([*parts, _plain(coded, at, end)])


def _plain(coded: bytes, start: int, end: int) -> Markup:
    return escape(coded[2 * start : 2 * end].decode("utf-16-le", errors="replace"))


def _wrapped(entity: Json, words: Markup, inside: Markup) -> Markup:
    kind = str(entity.get("type"))
    if kind in _TAGS:
        return Markup("<{tag}>{inside}</{tag}>").format(tag=Markup(_TAGS[kind]), inside=inside)
    if kind == "spoiler":
        return Markup('<span class="spoiler">{}</span>').format(inside)
    if kind in ("text_link", "url"):
        return _link(str(entity.get("url") or words.unescape()), inside)
    return inside


def _link(address: str, inside: Markup) -> Markup:
    """Leads there only where that is an address of a web page."""
    try:
        read_link(address)
    except NotALink:
        return Markup('<span class="link">{}</span>').format(inside)
    return Markup('<a href="{}" rel="noreferrer noopener" target="_blank">{}</a>').format(address, inside)
