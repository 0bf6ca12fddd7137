"""Forms, and how the draft of one is made of what was answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import Field, dataclass, fields, replace
from functools import cache
from typing import Any, Generic, TypeVar, get_type_hints

from pydantic import TypeAdapter

from handlers.chat.talk import Talk
from handlers.forms.questions import AnyQuestion, Question, Text
from storage.dialogues import Answers, Filled
from storage.people.access import Right

D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class ContextValue:
    """Something that a form is begun with: its type, and the names under which it is stored, the present one first."""

    adapter: TypeAdapter[Any]
    names: Sequence[str]

    def read(self, context: Answers) -> Any:
        """Raises ValueError: it is not there."""
        return self.adapter.validate_python(next((context[name] for name in self.names if name in context), None))

    def encode(self, value: Any) -> Any:
        return self.adapter.dump_python(value, mode="json")


class Questionnaire(Generic[D]):
    """Questions in their order, and what makes a draft of the values: of the answers, and of the context.

    `context` has an adapter for each value that the form is begun with. `presets` are the answers that stand there from
    the beginning.
    """

    def __init__(
        self,
        questions: Sequence[Question[Any, D]],
        make: Callable[[Mapping[str, Any]], D],
        context: Mapping[str, ContextValue] | None = None,
        defaults: Mapping[str, object] | None = None,
        presets: Sequence[str] = (),
    ) -> None:
        self.questions = tuple(questions)
        self.by_key = {question.key: question for question in self.questions}
        self._make = make
        self._context = context or {}
        self._defaults = defaults or {}
        self._presets = frozenset(presets)
        self.asked = tuple(question for question in self.questions if question.key not in self._presets)
        """Those that somebody is asked; the others can only be changed on the review page."""

    def draft(self, filled: Filled) -> D:
        """The draft so far.

        Raises:
            ValueError: the context or an answer can't be read.
        """
        values = {name: one.read(filled.context) for name, one in self._context.items()}
        for key, question in self.by_key.items():
            stored = filled.answers.get(key, filled.gathered.get(key))
            if stored is not None:
                values[key] = question.input.decode(stored)
        return self._make(values)

    def readable_draft(self, filled: Filled) -> D:
        """The draft so far, without the answers that can't be read: these are taken out.

        Raises:
            ValueError: the context can't be read.
        """
        try:
            return self.draft(filled)
        except ValueError:
            self.drop_unreadable(filled)
            return self.draft(filled)

    def drop_unreadable(self, filled: Filled) -> None:
        """Takes out what an older version kept and this one can't read: it is asked for again."""
        for kept in (filled.answers, filled.gathered):
            for key in list(kept):
                if not self._is_readable(key, kept[key]):
                    del kept[key]

    def _is_readable(self, key: str, stored: Any) -> bool:
        question = self.by_key.get(key)
        if question is None:
            return False
        try:
            if stored is not None:
                question.input.decode(stored)
        except ValueError:
            return False
        return True

    def add_presets(self, filled: Filled) -> None:
        """Puts what nobody is asked for beside what was answered at another time."""
        for key in self._presets - filled.answers.keys() - filled.gathered.keys():
            filled.answers[key] = self._stored(key, self._defaults.get(key))

    def begun_with(self, draft: D | None) -> Filled:
        """For a form that begins: of the draft, what differs from the defaults; and what is preset."""
        filled = self._context_of(draft)
        for key in self.by_key:
            value = self._defaults.get(key) if draft is None else getattr(draft, key)
            if key in self._presets or value != self._defaults.get(key):
                filled.answers[key] = self._stored(key, value)
        return filled

    def filled_with(self, draft: D) -> Filled:
        """For a form that begins on its review page: the whole draft; what is left out was skipped."""
        filled = self._context_of(draft)
        filled.answers = self.answers_of(draft)
        return filled

    def answers_of(self, draft: D) -> Answers:
        return {key: self._stored(key, getattr(draft, key)) for key in self.by_key}

    def _context_of(self, draft: D | None) -> Filled:
        if draft is None:
            return Filled()
        return Filled(context={name: one.encode(getattr(draft, name)) for name, one in self._context.items()})

    def _stored(self, key: str, value: Any) -> Any:
        question = self.by_key[key]
        may_be_missing = question.optional is not False or question.when is not None
        is_missing = may_be_missing and value == self._defaults.get(key)
        return None if is_missing else question.input.encode(value)


def questionnaire(draft: type[D]) -> Questionnaire[D]:
    """The questions of a dataclass: its fields that are `asked`; the others are its context."""
    return _questionnaire(draft)  # type: ignore[arg-type]  # a class has a hash


@cache
def _questionnaire(draft: type[Any]) -> Questionnaire[Any]:
    """Made once a class, since it costs the start."""
    types = get_type_hints(draft)
    declared = fields(draft)
    asked = [one for one in declared if "question" in one.metadata]
    return Questionnaire(
        [_question(one) for one in asked],
        lambda values: draft(**values),
        context={one.name: _context_value(one, types[one.name]) for one in declared if one not in asked},
        defaults={one.name: one.default for one in asked},
        presets=[one.name for one in asked if one.metadata["preset"]],
    )


def _question(declared: Field[Any]) -> AnyQuestion:
    question: AnyQuestion = declared.metadata["question"]
    return replace(question, key=declared.name)


@cache
def _adapter_of(kind: Any) -> TypeAdapter[Any]:
    """One for all fields of a kind, since making it costs the start."""
    return TypeAdapter(kind)


def _context_value(declared: Field[Any], kind: Any) -> ContextValue:
    return ContextValue(_adapter_of(kind), (declared.name, declared.metadata.get("until_0_7", declared.name)))


def one_answer(question: AnyQuestion, key: str) -> Questionnaire[Any]:
    """A single question; the draft is its answer."""
    return Questionnaire([replace(question, key=key)], lambda values: values.get(key))


@dataclass(frozen=True, slots=True)
class Confirmation(Generic[D]):
    """The last word before something that others feel: what is about to happen, and what the two buttons do."""

    asks: Callable[[Talk, D], str]
    yes: Callable[[Talk, D], str]
    no: Text


@dataclass(frozen=True, slots=True)
class FurtherEnd(Generic[D]):
    """Another button that ends the form, beside the one that sends it: what stands on it, and what happens then."""

    label: Text
    done: Callable[[Talk, D], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Early:
    """What is told in a form before it is asked for, and kept.

    `goes_to` names the question that takes a message of this kind, which collects; it is empty for one that none takes.
    `kept` is the sentence that says so.
    """

    goes_to: Callable[[Talk], str]
    kept: Callable[[Talk], str]


@dataclass(frozen=True, slots=True)
class Form(Generic[D]):
    """A dialogue: its questions, and what happens with the draft that they fill in.

    With `review`, the answers are shown before `done`, and each can be changed there. `confirmation` is what the review
    page asks then, and what its buttons say; `preview` is shown in place of the single answers, as HTML. `right` is
    asked for at every answer; `over` too, which says why the form is in vain by now, or nothing. `save` puts the
    answers aside, to go on later. `danger_goes_to` is the question that takes a message with words of acute danger,
    whatever was being asked; `early` says where else goes what is no answer to the question. `command` is the one that
    begins it, which is not offered in it; in one that `is_urgent` nothing else is offered either. Which desk somebody
    turns to, and how far they have come, must not be seen in the figures: all forms that are `confidential` are counted
    together there, without their questions.
    """

    name: str
    title: Text
    questionnaire: Questionnaire[D]
    done: Callable[[Talk, D], Awaitable[None]]
    review: bool = True
    send_label: Text | None = None
    further_end: FurtherEnd[D] | None = None
    confirmation: Confirmation[D] | None = None
    right: Right = Right.USE
    save: Callable[[Talk, Filled], Awaitable[None]] | None = None
    danger_goes_to: str = ""
    early: Early | None = None
    command: str = ""
    is_urgent: bool = False
    confidential: bool = False
    preview: Callable[[Talk, D], str] | None = None
    over: Callable[[Talk, D], Awaitable[str]] | None = None

    @property
    def questions(self) -> tuple[Question[Any, D], ...]:
        return self.questionnaire.questions

    @property
    def takes_location(self) -> bool:
        """Whether a location may be an answer in this form; elsewhere it is a search."""
        return any(question.input.takes_location for question in self.questions)

    @property
    def looks_up(self) -> bool:
        """Whether one of its questions has something to fetch before its answer is read."""
        return any(question.look_up is not None for question in self.questions)


AnyForm = Form[Any]


def one_question(
    name: str, draft: type[D], done: Callable[[Talk, D], Awaitable[None]], right: Right = Right.USE
) -> Form[D]:
    """A form that ends with its one answer, without a review."""
    asked = questionnaire(draft)
    return Form(name, asked.questions[0].title, asked, done, review=False, right=right)
