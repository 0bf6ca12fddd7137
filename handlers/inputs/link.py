"""Addresses of web pages. Where one leads is what its reader sees: the host, without anything that hides it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from yarl import URL

from handlers.chat.talk import Talk
from handlers.forms.questions import Input, NotAnAnswer
from handlers.inputs.text import TEXT
from storage.plain_text import clean

MAX_LENGTH = 300
_SCRIPTS_OF_CHINA = frozenset({"CJK", "LATIN", "DIGIT", "HYPHEN-MINUS", "IDEOGRAPHIC"})


class NotALink(ValueError):
    """The text is no address of a web page, or one that hides where it leads."""


def read_link(text: str) -> URL:
    """The address of a web page.

    Raises:
        NotALink: also for an address with a user name, or a host that mixes scripts or directions.
    """
    try:
        url = URL(text)
        host, port = url.host, url.port
    except ValueError:
        raise NotALink from None
    if len(text) > MAX_LENGTH or text != clean(text) or " " in text:
        raise NotALink
    if url.scheme not in ("http", "https") or not host or port is None:
        raise NotALink
    if url.user is not None or url.password is not None or "@" in text.partition("//")[2].partition("/")[0]:
        raise NotALink
    if not all(_is_plain(label) for label in host.split(".")):
        raise NotALink
    return url


def _is_plain(label: str) -> bool:
    """Whether it is written in one script, or in Chinese with Latin letters, from left to right."""
    if not label or any(unicodedata.bidirectional(char) in ("R", "AL", "AN") for char in label):
        return False
    scripts = {_script(char) for char in label if unicodedata.category(char)[0] in "LM"}
    return len(scripts) <= 1 or scripts <= _SCRIPTS_OF_CHINA


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]


def host_of(address: str) -> str:
    """The host as it is shown: in Chinese or ASCII; other scripts, whose letters can look like these, in Punycode."""
    url = URL(address)
    host = url.host or ""
    is_clear = all(char.isascii() or _script(char) in _SCRIPTS_OF_CHINA for char in host)
    return host if is_clear else url.raw_host or ""


@dataclass(frozen=True)
class LinkInput(Input[str]):
    """`hint` is the message for anything else."""

    hint: str

    adapter = TEXT

    async def read(self, talk: Talk) -> str:
        try:
            return str(read_link(clean(talk.text)))
        except NotALink:
            raise NotAnAnswer(talk._(self.hint)) from None
