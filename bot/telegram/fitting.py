"""Messages that fit: what is longer than Telegram takes is parted, or shortened where a message is changed.

Telegram counts UTF-16 code units once the HTML is read: https://core.telegram.org/bots/api#sendmessage.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from handlers.chat.replies import Outgoing

TEXT_UNITS, CAPTION_UNITS = 4_096, 1_024
_LIMITS = {"text": TEXT_UNITS, "caption": CAPTION_UNITS}
_PIECE = re.compile(r"<[^>]*>|&(?:#x?[0-9a-fA-F]+|lt|gt|amp|quot);|.", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NAME = re.compile(r"<\s*([\w-]+)")
_CUT = "…"


def units(text: str) -> int:
    """UTF-16 code units, in which Telegram counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def shown_units(source: str) -> int:
    """The same of HTML, as it is shown."""
    return units(html.unescape(_TAG.sub("", source)).strip())


@dataclass(slots=True)
class _Part:
    """A part in the making: its pieces, the tags that are open at its end, and its length as it is shown."""

    pieces: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)
    length: int = 0

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        if piece.startswith("</"):
            del self.opened[-1:]
        elif _TAG.fullmatch(piece):
            self.opened.append(piece)
        else:
            self.length += units(html.unescape(piece))

    @property
    def source(self) -> str:
        """The HTML, with every tag closed."""
        names = [found[1] for tag in reversed(self.opened) if (found := _NAME.match(tag))]
        return "".join([*self.pieces, *(f"</{name}>" for name in names)])

    def rest_after(self, at: int) -> tuple[_Part, Sequence[str]]:
        """The part up to a piece, and the pieces behind it."""
        first = _Part()
        for piece in self.pieces[:at]:
            first.add(piece)
        return first, self.pieces[at:]


def parts_of(source: str, limit: int) -> Iterator[str]:
    """HTML in parts of at most `limit` units, each with its tags; parted after a line or a word if one ends in the last
    quarter of the room."""
    part = _Part()
    for piece in _PIECE.findall(source):
        if not _TAG.fullmatch(piece) and part.length + units(html.unescape(piece)) > limit:
            first, rest = part.rest_after(_break(part, limit))
            if shown_units(first.source):
                yield first.source
            part = _Part()
            for carried in [*first.opened, *rest]:
                part.add(carried)
        part.add(piece)
    if shown_units(part.source):
        yield part.source


def _break(part: _Part, limit: int) -> int:
    """The number of pieces after which it is parted."""
    room = limit // 4
    for sign in ("\n", " "):
        length = 0
        for at in range(len(part.pieces) - 1, -1, -1):
            piece = part.pieces[at]
            if piece == sign:
                return at + 1
            length += 0 if _TAG.fullmatch(piece) else units(html.unescape(piece))
            if length > room:
                break
    return len(part.pieces)


def fitting(outgoing: Outgoing) -> list[Outgoing]:
    """The same as calls that Telegram takes: a new message is parted, a changed one shortened. The buttons and `after`
    go with the last part; a caption goes on in messages of its own."""
    found = _too_long(outgoing)
    if found is None:
        return [outgoing]
    name, limit = found
    if not outgoing.method.startswith("send"):
        return [shortened(outgoing)]
    parts = list(parts_of(str(outgoing.params[name]), limit))
    common = {key: outgoing.params[key] for key in ("chat_id", "parse_mode")}
    first = {**outgoing.params, name: parts[0]}
    markup = first.pop("reply_markup", None)
    calls = [
        replace(outgoing, params=first, after=None),
        *(
            Outgoing("sendMessage", {**common, "text": part}, vital=outgoing.vital, traceless=outgoing.traceless)
            for part in parts[1:]
        ),
    ]
    if markup is not None:
        calls[-1].params["reply_markup"] = markup
    calls[-1].after = outgoing.after
    return calls


def shortened(outgoing: Outgoing) -> Outgoing:
    """One call that Telegram takes: what is too long ends in "…"."""
    found = _too_long(outgoing)
    if found is None:
        return outgoing
    name, limit = found
    first = next(parts_of(str(outgoing.params[name]), limit - len(_CUT)))
    return replace(outgoing, params={**outgoing.params, name: first + _CUT})


def _too_long(outgoing: Outgoing) -> tuple[str, int] | None:
    """The parameter that is too long, and its limit. What comes with entities was measured when it was made."""
    if outgoing.params.get("parse_mode") != "HTML":
        return None
    for name, limit in _LIMITS.items():
        source = str(outgoing.params.get(name) or "")
        if 2 * len(source) > limit and shown_units(source) > limit:
            return name, limit
    return None
