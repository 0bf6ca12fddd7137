"""Forms and questions as they are declared; handlers/chat/forms.py asks them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from handlers.chat.incoming import Json
from handlers.chat.talk import StatelessTalk, Talk
from storage.dialogues import Answers, Value
from storage.people.access import Right

MOST_PARTS = 60
"""Of an answer that is given in several messages."""


class NotAnAnswer(Exception):
    """What came is no answer to this question; carries the sentence that says what a right one looks like."""


class Choice:
    """A ready answer on a button. `id` is at most 20 characters, `value` what is kept."""

    __slots__ = ("id", "label", "value")

    def __init__(self, id_: str, label: str, value: Value) -> None:
        self.id, self.label, self.value = id_, label, value


def no_choices(_talk: Talk, _answers: Answers) -> Sequence[Choice]:
    return ()


def always(_answers: Answers) -> bool:
    return True


def as_it_is(_talk: Talk, value: Value) -> str:
    return str(value)


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `ask` says it, and why it is asked; `read` makes the kept value of a message or raises NotAnAnswer.

    `when` leaves it out for answers that make it pointless; `show` is how the answer stands on the review page.
    `columns` of choices stand side by side. With `collects`, each message or chosen button is a part of the answer, a
    list, until a button says that this is all. `keyboard` is a reply keyboard that belongs to this question alone.
    """

    key: str
    title: Callable[[Talk], str]
    ask: Callable[[Talk, Answers], str]
    read: Callable[[Talk], Awaitable[Value]]
    choices: Callable[[Talk, Answers], Sequence[Choice]] = no_choices
    optional: bool | Callable[[Answers], bool] = False
    takes_location: bool = False
    columns: int = 1
    collects: bool = False
    keyboard: Callable[[Talk], Json] | None = None
    when: Callable[[Answers], bool] = always
    show: Callable[[Talk, Value], str] = as_it_is

    def is_optional(self, answers: Answers) -> bool:
        return self.optional(answers) if callable(self.optional) else self.optional


@dataclass(frozen=True, slots=True)
class Form:
    """A dialogue: its questions in order, and what happens with the answers.

    `before` runs ahead of the transaction, for what takes long (a look-up elsewhere); its result is `talk.fetched`.
    With `review`, the answers are shown before `done`, and each can be changed there. `right` is asked for at every
    answer. `save` puts the answers aside, to go on later. Answers whose key begins with "_" are what the form was begun
    with, and the parts of an answer that is not complete. `in_danger` puts a message with words of acute danger where
    it belongs among the answers, whatever was being asked.
    """

    name: str
    title: Callable[[Talk], str]
    questions: Sequence[Question]
    done: Callable[[Talk, Answers], Awaitable[None]]
    review: bool = True
    send_label: Callable[[Talk], str] | None = None
    right: Right = Right.USE
    before: Callable[[StatelessTalk], Awaitable[object]] | None = None
    save: Callable[[Talk, Answers], Awaitable[None]] | None = None
    in_danger: Callable[[Talk, Answers], None] | None = None
    by_key: Mapping[str, Question] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {question.key: question for question in self.questions})


def one_question(
    name: str, question: Question, done: Callable[[Talk, Answers], Awaitable[None]], right: Right = Right.USE
) -> Form:
    """A form that ends with its one answer, without a review."""
    return Form(name=name, title=question.title, questions=(question,), done=done, review=False, right=right)


def gathering(key: str) -> str:
    """Under which key the parts of an answer stand until it is complete."""
    return f"_{key}"
