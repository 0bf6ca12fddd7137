"""A button and its route, made of one object: `MOVE = Press("casemoveto", CaseId, MessageId)`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Generic, NamedTuple, TypeVar, TypeVarTuple, overload

INT64_MAX = 2**63 - 1

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
Arguments = TypeVarTuple("Arguments")


class InvalidCallback(Exception):
    """A button or link that this bot did not make, or one whose object is gone."""


class Button(NamedTuple):
    """An inline button: it comes back as `data` (at most 64 bytes: an id, never a right), opens `url`, has the phone
    copy `copied`, or opens the page at `app` inside Telegram."""

    text: str
    data: str = ""
    url: str = ""
    copied: str = ""
    app: str = ""


def copy_button(text: str) -> Button:
    """Has the phone copy this text, a number say, which is short enough to stand on it."""
    return Button(f"📋 {text}", copied=text)


Buttons = Sequence[Sequence[Button]]

Page = tuple[str, Buttons]
"""A text and what is below it."""


class Press(Generic[*Arguments]):
    """What pressing a button brings: a name that is unique in the bot, and the kinds of its arguments.

    A kind is `int`, `str`, or a NewType of one of them. The handler that `Routes.press` takes for it has the same
    arguments, so that button, route and handler cannot drift apart.
    """

    __slots__ = ("name", "reads_int")

    @overload
    def __init__(self: Press[()], name: str, /) -> None: ...
    @overload
    def __init__(self: Press[A], name: str, a: type[A], /) -> None: ...
    @overload
    def __init__(self: Press[A, B], name: str, a: type[A], b: type[B], /) -> None: ...
    @overload
    def __init__(self: Press[A, B, C], name: str, a: type[A], b: type[B], c: type[C], /) -> None: ...
    def __init__(self, name: str, /, *kinds: Any) -> None:
        self.name = name
        self.reads_int = tuple(getattr(kind, "__supertype__", kind) is int for kind in kinds)

    def data(self, *arguments: *Arguments) -> str:
        """The callback data: `name:argument:...`."""
        return ":".join([self.name, *map(str, arguments)])

    def button(self, text: str, *arguments: *Arguments) -> Button:
        """A button with this text that brings these arguments."""
        return Button(text, self.data(*arguments))

    def read(self, texts: Sequence[str]) -> list[Any]:
        """The arguments of a press.

        Raises:
            InvalidCallback: they are not what this button carries.
        """
        if len(texts) != len(self.reads_int):
            raise InvalidCallback
        return [_read_int(text) if is_int else text for text, is_int in zip(texts, self.reads_int, strict=True)]


def _read_int(text: str) -> int:
    if not (text.isascii() and text.removeprefix("-").isdigit() and len(text) <= 20):
        raise InvalidCallback
    value = int(text)
    if abs(value) > INT64_MAX:
        raise InvalidCallback
    return value
