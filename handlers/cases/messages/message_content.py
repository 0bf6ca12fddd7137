"""Messages of a case: read from what a person sends, and composed for the other side, who never sees whose account it
is."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.chat.incoming import Json
from handlers.chat.talk import Talk
from handlers.forms.questions import NotAnAnswer
from storage.cases.messages import Said
from storage.plain_text import clean
from storage.telegram_ids import ChatId, MessageId

MOST_BYTES = 20 << 20
"""What a bot can fetch from Telegram: https://core.telegram.org/bots/api#getfile"""
HEAD_UNITS = 300
"""Room for the line above a relayed message."""
TEXT_UNITS, CAPTION_UNITS = 4_096, 1_024
FILES = ("photo", "document", "voice", "video", "audio")
SENDS: Mapping[str, str] = {
    "text": "sendMessage",
    "photo": "sendPhoto",
    "document": "sendDocument",
    "voice": "sendVoice",
    "video": "sendVideo",
    "audio": "sendAudio",
}
PROGRAMS = frozenset(
    [
        *("exe", "apk", "apks", "apkm", "xapk", "aab", "bat", "cmd", "com", "scr", "msi", "msix", "msp", "mst"),
        *("pif", "vbs", "vbe", "vb", "js", "jse", "mjs", "ws", "wsf", "wsc", "wsh", "hta", "ps1", "psm1", "psc1"),
        *("jar", "jnlp", "lnk", "url", "website", "reg", "inf", "ins", "isp", "dll", "ocx", "sys", "cpl", "msc"),
        *("chm", "hlp", "gadget", "application", "appref-ms", "appx", "settingcontent-ms", "library-ms", "search-ms"),
        *("xll", "xlam", "xlsm", "xltm", "xlsb", "docm", "dotm", "pptm", "potm", "ppsm", "ppam", "sldm", "one"),
        *("iqy", "slk", "mde", "ade", "adp", "mdb", "accde", "app", "command", "dmg", "pkg", "mobileconfig"),
        *("workflow", "scpt", "terminal", "deb", "rpm", "appimage", "flatpak", "snap", "desktop", "run", "sh"),
        *("bash", "csh", "zsh", "py", "pyc", "pyw", "pl", "rb", "php", "ipa", "iso", "img", "vhd", "vhdx", "vmdk"),
        *("html", "htm", "xhtml", "mht", "mhtml", "svg", "swf", "xml", "xsl", "theme", "diagcab", "crt", "cer"),
        *("pfx", "torrent"),
    ]
)
"""Endings of files that run when they are opened, or show pages with scripts: Microsoft's list for Outlook, with those
of phones, Macs and Linux.

https://support.microsoft.com/office/blocked-attachments-in-outlook-434752e1-02d3-4e90-9124-8b81e49a8519
"""
_ENDINGS = {
    "photo": ("photo.jpg", "image/jpeg"),
    "voice": ("voice.ogg", "audio/ogg"),
    "video": ("video.mp4", "video/mp4"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "document": ("document", "application/octet-stream"),
}


def units(text: str) -> int:
    """UTF-16 units, in which Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def read_or_hint(talk: Talk) -> Said | None:
    """The message as it is kept in a case; None, once the person has been told why it can't be."""
    try:
        return read_said(talk)
    except NotAnAnswer as hint:
        talk.say(str(hint))
        return None


def read_said(talk: Talk) -> Said:
    """The message as it is kept in a case.

    Raises:
        NotAnAnswer: it is of a kind that can't be passed on, or too large.
    """
    return said_by(talk, talk.incoming.body)


def said_by(talk: Talk, body: Json) -> Said:
    """The same of another message of theirs. Raises NotAnAnswer."""
    said = Said(
        text=str(body.get("text") or body.get("caption") or ""),
        entities=body.get("entities") or body.get("caption_entities") or [],
        album=str(body.get("media_group_id") or ""),
        forwarded="forward_origin" in body,
    )
    kind = next((kind for kind in FILES if kind in body), None)
    if kind is not None:
        _read_file(talk, said, kind, body)
    elif "text" not in body:
        raise NotAnAnswer(
            talk._(
                "I can't forward this. Write it, or send a picture, document, voice message or video of up to 20 MB."
            )
        )
    return said


def _read_file(talk: Talk, said: Said, kind: str, body: Json) -> None:
    file = body[kind][-1] if kind == "photo" else body[kind]
    said.size = int(file.get("file_size") or 0)
    if said.size > MOST_BYTES:
        raise NotAnAnswer(talk._("This file is too large (20 MB at most). Please compress it, or send it in parts."))
    given = clean(str(file.get("file_name") or "")).rstrip(". ")
    if given.lower().rpartition(".")[2] in PROGRAMS:
        raise NotAnAnswer(
            talk._(
                "For safety, I can't accept program files (.exe, .apk and similar). Please send a picture, a "
                "PDF or another document."
            )
        )
    name, mime = _ENDINGS[kind]
    said.kind, said.file_id = kind, str(file["file_id"])
    said.file_name = (given or name)[-120:]
    said.mime = str(file.get("mime_type") or mime)[:80]


def parts_of(said: Said) -> list[Said]:
    """The same as messages that have room for the line above: one that is too long becomes two."""
    limit = (CAPTION_UNITS if said.file_id else TEXT_UNITS) - HEAD_UNITS
    if units(said.text) <= limit:
        return [said]
    if said.file_id:
        rest = Said(text=said.text, entities=said.entities, forwarded=said.forwarded)
        said.text, said.entities = "", []
        return [said, *parts_of(rest)]
    half = _break(said.text, limit)
    first = Said(text=said.text[:half], forwarded=said.forwarded, answers=said.answers)
    second = Said(text=said.text[half:], forwarded=said.forwarded)
    at = units(first.text)
    for entity in said.entities:
        begins, ends = entity["offset"], entity["offset"] + entity["length"]
        if begins < at:
            first.entities.append({**entity, "length": min(ends, at) - begins})
        if ends > at:
            moved = max(begins, at)
            second.entities.append({**entity, "offset": moved - at, "length": ends - moved})
    return [first, *parts_of(second)]


def _break(text: str, limit: int) -> int:
    """Where to part a text: after a line or a word, if one ends in the last quarter of the room."""
    end = len(text.encode("utf-16-le")[: 2 * limit].decode("utf-16-le", "ignore"))
    for sign in ("\n", " "):
        found = text.rfind(sign, end * 3 // 4, end)
        if found > 0:
            return found + 1
    return end


def composed(chat_id: ChatId, said: Said, head: str, reply_to: MessageId | None) -> tuple[str, Json]:
    """(method, parameters) of the message with a line above it, in the chat of its recipient."""
    params: Json = {"chat_id": chat_id}
    text, entities = headed(said, head)
    if said.file_id:
        params |= {said.kind: said.file_id, "caption": text, "caption_entities": entities}
    else:
        params |= {"text": text, "entities": entities, "link_preview_options": {"is_disabled": True}}
    if reply_to is not None:
        params["reply_parameters"] = {"message_id": reply_to, "allow_sending_without_reply": True}
    return SENDS[said.kind], params


def headed(said: Said, head: str) -> tuple[str, list[Json]]:
    """The text with the line above it, in bold, and its entities moved down."""
    above = units(head)
    bold: Json = {"type": "bold", "offset": 0, "length": above}
    if not said.text:
        return head, [bold]
    return f"{head}\n{said.text}", [bold, *({**one, "offset": one["offset"] + above + 1} for one in said.entities)]
