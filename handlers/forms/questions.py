"""Questions and forms as they are declared; handlers/forms/forms.py asks them.

A form fills in a draft: a frozen dataclass whose fields are declared with `asked(Question(...))`. The other fields of
the draft are what the form is begun with.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, NamedTuple, Never, TypeVar, overload

from markupsafe import Markup
from pydantic import TypeAdapter

from handlers.chat.incoming import Json
from handlers.chat.press import Button, InvalidCallback
from handlers.chat.talk import StatelessTalk, Talk
from handlers.i18n.translations import N_
from storage.dialogues import Value

T = TypeVar("T")
X = TypeVar("X")
D_contra = TypeVar("D_contra", contravariant=True)

MAX_PARTS = 60
"""Of an answer that is given in several messages."""

Text = str | Callable[[Talk], str]
"""What is said: a message to be translated, or what makes it."""


class NotAnAnswer(Exception):
    """What came is no answer to this question; carries the sentence that says what a right one looks like."""


class GivesWay(NotAnAnswer):
    """What came is no answer, and nothing like it can be one: the form is closed, and it is taken as it would be
    without."""


class Unfinished(Exception):
    """What came is a part of an answer: the page of the input on which the rest is asked for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page = page


class Does(StrEnum):
    """What a cell of a page does when it is pressed."""

    TURN = "page"
    PICK = "pick"
    NOTHING = "nothing"


class Cell(NamedTuple):
    """A button of a page: the page that it turns to, or the answer that it picks, in at most 20 characters."""

    label: str
    does: Does = Does.NOTHING
    argument: str = ""


class InputPage(NamedTuple):
    """Buttons on which an answer is looked for, and what is said above them, as HTML."""

    rows: Sequence[Sequence[Cell]] = ()
    note: Markup = Markup("")


class Choice(NamedTuple, Generic[T]):
    """A ready answer on a button. `id` is at most 20 characters."""

    id: str
    label: str
    value: T


class Input(Generic[T]):
    """How one kind of answer is read, shown and stored.

    An input that `collects` has a tuple as its value: each message or chosen button is a part of it, until a button
    says that this is all.
    """

    adapter: TypeAdapter[T]
    """Makes the stored JSON of a value, and the value of the JSON."""
    takes_location = False
    collects = False
    is_a_name = False
    """Whether the answer is what somebody or something is called, so that a number or a sentence is none."""

    async def read(self, talk: Talk) -> T:
        """The value that a message gives; of an input that collects, the tuple of its one part.

        Raises:
            NotAnAnswer: see the class. Here, since only a button is an answer.
        """
        raise NotAnAnswer(talk._("Please press one of the buttons."))

    async def read_on(self, talk: Talk, page: str) -> T:  # noqa: ARG002 (others have pages)
        """The same with this page open, "" if none was turned to.

        Raises:
            NotAnAnswer: see the class.
            Unfinished: see the class.
        """
        return await self.read(talk)

    def page(self, talk: Talk, page: str) -> InputPage:  # noqa: ARG002
        """The page by its name, "" for the one that is open at first.

        Raises:
            InvalidCallback: it has no such page.
        """
        return InputPage()

    def picked(self, talk: Talk, argument: str) -> T:  # noqa: ARG002
        """The value of a cell.

        Raises:
            InvalidCallback: it is none of this input's.
            NotAnAnswer: it can't be answered any more.
        """
        raise InvalidCallback

    def choices(self, talk: Talk) -> Sequence[Choice[T]]:  # noqa: ARG002 (others look who asks)
        """The ready answers."""
        return ()

    def show(self, talk: Talk, value: T) -> str:  # noqa: ARG002
        """How the value stands on the review page."""
        return str(value)

    def encode(self, value: T) -> Value:
        """The JSON that is stored."""
        stored: Value = self.adapter.dump_python(value, mode="json")
        return stored

    def decode(self, stored: Value) -> T:
        """The value of stored JSON.

        Raises:
            ValueError: it is none of this kind (any more).
        """
        return self.adapter.validate_python(stored)


EMPTY = "—"
"""Stands on the page of review for what was not answered, where nothing better is said."""


@dataclass(frozen=True, slots=True)
class Question(Generic[T, D_contra]):
    """One question: its short title on buttons and the review page, and the sentence that asks it.

    What depends on the rest of the draft (`title_by`, `ask`, `optional`, `when`, `choices`, `check`, `look_up`) gets
    the draft so far: a field without an answer has its default there, or None.

    `title_by` makes the title where it depends on the draft. `when` leaves the question out for answers that make it
    pointless. `choices` stand in place of the input's; `columns` of them stand side by side. `check` raises NotAnAnswer
    for a value that does not fit the draft. `look_up` runs ahead of the transaction, for what takes long; its result is
    `talk.fetched`. `keyboard` is a reply keyboard that belongs to this question alone, `keyboard_hint` what is said
    with it, and `received` once it is answered. A `secret` answer is taken out of the chat once it has been read.
    `unanswered` stands on the review page where there is no answer: what holds then. `guess` gives the answer that the
    others make plain: nobody is asked then, and the review page shows it with the others, to be changed. `offers` are
    buttons of others below the question.
    """

    title: Text
    ask: str | Callable[[Talk, D_contra], str]
    input: Input[T]
    columns: int = 1
    optional: bool | Callable[[D_contra], bool] = False
    when: Callable[[D_contra], bool] | None = None
    choices: Callable[[Talk, D_contra], Sequence[Choice[T]]] | None = None
    check: Callable[[Talk, D_contra, T], Awaitable[None]] | None = None
    look_up: Callable[[StatelessTalk, D_contra], Awaitable[object]] | None = None
    keyboard: Callable[[Talk], Json] | None = None
    keyboard_hint: str = N_("Press the button below the chat, or type the number.")
    received: str = N_("👍 Thank you.")
    secret: bool = False
    unanswered: Text = EMPTY
    title_by: Callable[[Talk, D_contra], str] | None = None
    guess: Callable[[D_contra], T | None] | None = None
    offers: Callable[[Talk, D_contra], Sequence[Button]] | None = None
    key: str = ""
    """The name of its field, which the draft gives it."""

    @property
    def has_only_buttons(self) -> bool:
        """Whether no message is an answer."""
        return type(self.input).read is Input.read

    @property
    def collects(self) -> bool:
        """Whether it is answered in several messages, or by several buttons."""
        return self.input.collects

    def parts(self, value: T) -> list[Value]:
        """The stored parts of a value that is gathered."""
        stored = self.input.encode(value)
        return stored if isinstance(stored, list) else [stored]

    def title_for(self, talk: Talk) -> str:
        return said(talk, self.title)

    def show(self, talk: Talk, stored: Value) -> str:
        """A stored answer, in words; as it is, if it was kept by a version with other answers."""
        if stored is None:
            return said(talk, self.unanswered)
        try:
            return self.input.show(talk, self.input.decode(stored))
        except ValueError:
            return str(stored)


AnyQuestion = Question[Any, Any]


def said(talk: Talk, text: Text) -> str:
    return talk._(text) if isinstance(text, str) else text(talk)


@overload
def asked(question: Question[T, Never]) -> T: ...
@overload
def asked(question: Question[T, Never], default: X, *, preset: bool = False) -> T | X: ...
def asked(question: Question[Any, Never], default: Any = None, *, preset: bool = False) -> Any:
    """Declares a field of a draft that this question asks for.

    Without an answer (so far) the field has its `default`. With `preset` nobody is asked for it, but it can be changed
    on the review page.
    """
    return field(default=default, metadata={"question": question, "preset": preset})
