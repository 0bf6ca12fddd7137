"""What a broadcast says, and the button below it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from storage.sealed_json import SealedJson, once_a_list


@dataclass(frozen=True, slots=True)
class Opening:
    """A button below a broadcast: `kind` is link, activity or station; `target` the address or the row's key."""

    kind: str
    words: str
    target: int | str


@dataclass(frozen=True, slots=True)
class OtherVersion:
    """A broadcast in a second language: a call of the Bot API without its chat."""

    language: str
    method: str
    params: dict[str, object]


@dataclass(frozen=True, slots=True)
class Content:
    """A call of the Bot API without its chat: the method and its parameters; whether to ask "I have read this"; what a
    button opens; and the same in another language."""

    method: str
    params: dict[str, object]
    asks_reading: bool = False
    opens: Annotated[Opening | None, once_a_list(Opening)] = None
    other: Annotated[OtherVersion | None, once_a_list(OtherVersion)] = None

    def languages(self, first: str) -> list[str]:
        """The languages it is written in; `first` is that of the method and parameters."""
        return [first] if self.other is None else [first, self.other.language]

    def call_in(self, language: str) -> tuple[str, dict[str, object]]:
        """The method and parameters for a reader of this language."""
        if self.other is not None and self.other.language == language:
            return self.other.method, self.other.params
        return self.method, self.params


_CONTENT = SealedJson(Content)


def encode(content: Content) -> bytes:
    return _CONTENT.encode(content)


def decode(plain: bytes) -> Content:
    return _CONTENT.decode(plain)
