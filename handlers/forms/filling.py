"""A form that somebody is in the middle of: which question is asked, what was answered, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, TypeVar

from handlers.chat.talk import Talk
from handlers.forms.questionnaires import AnyForm, Form
from handlers.forms.questions import Choice, Question
from storage import dialogues
from storage.dialogues import OpenForm, Value

D = TypeVar("D")

CONFIDENTIAL = "desk"
"""The name under which the figures count all confidential forms together."""


class Filling(Generic[D]):
    """One turn of a form. What is changed here has to be kept: `keep` at the same step, `keep_step` at another one."""

    def __init__(self, talk: Talk, form: Form[D], state: OpenForm, others: Mapping[str, AnyForm]) -> None:
        """`others` are all forms, by name."""
        self.talk, self.form, self.state, self.others = talk, form, state, others
        self._draft: D | None = None

    @property
    def draft(self) -> D:
        """The draft so far.

        Raises:
            ValueError: the context is none of this form (any more).
        """
        if self._draft is None:
            self._draft = self.form.questionnaire.readable_draft(self.state.filled)
        return self._draft

    @property
    def question(self) -> Question[Any, D] | None:
        """The one that is asked; None on the review page."""
        return self.form.questionnaire.by_key.get(self.state.step or "")

    @property
    def parts(self) -> list[Value]:
        """Of an answer that is not complete."""
        return self.state.filled.gathered.get(self.state.step or "", [])

    @property
    def is_changing(self) -> bool:
        """Whether an answer is being changed from the review page. It stands until another one is given."""
        return self.state.step in self.state.filled.answers

    @property
    def has_added(self) -> bool:
        """Whether parts were sent for an answer that is being changed."""
        return self.is_changing and self.parts not in ([], self.state.filled.answers[self.state.step or ""])

    @property
    def has_something_to_lose(self) -> bool:
        """Whether the person has given an answer, or a part of one."""
        return bool(self.state.trail or any(self.state.filled.gathered.values()) or self._has_told_early)

    @property
    def _has_told_early(self) -> bool:
        """Whether something was told for a question that nobody is asked in turn."""
        answers = self.state.filled.answers
        return self.form.early is not None and any(answers.get(one.key) for one in self.form.questions if one.collects)

    def position(self) -> tuple[int, int] | None:
        """Which question is asked, of how many; None on the review page, and for one that nobody is asked in turn.

        One that is plain from the others counts as answered, so that the whole stays as many as it was.
        """
        pertinent = [one.key for one in self.form.questionnaire.asked if not self._is_pointless(one)]
        if self.state.step not in pertinent:
            return None
        return pertinent.index(self.state.step) + 1, len(pertinent)

    def is_last(self, question: Question[Any, D]) -> bool:
        """Whether the review page comes after it."""
        others = (other for other in self.form.questions if other.key != question.key)
        answers = self.state.filled.answers
        return self.form.review and all(other.key in answers or self._is_pointless(other) for other in others)

    def is_optional(self, question: Question[Any, D]) -> bool:
        return question.optional(self.draft) if callable(question.optional) else question.optional

    def _is_pointless(self, question: Question[Any, D]) -> bool:
        return question.when is not None and not question.when(self.draft)

    def choices(self, question: Question[Any, D]) -> Sequence[Choice[Any]]:
        if question.choices is not None:
            return question.choices(self.talk, self.draft)
        return question.input.choices(self.talk)

    def chosen(self, question: Question[Any, D], choice_id: str) -> Choice[Any] | None:
        return next((choice for choice in self.choices(question) if choice.id == choice_id), None)

    def ask(self, question: Question[Any, D]) -> str:
        return self.talk._(question.ask) if isinstance(question.ask, str) else question.ask(self.talk, self.draft)

    def title(self, question: Question[Any, D]) -> str:
        if question.title_by is not None:
            return question.title_by(self.talk, self.draft)
        return question.title_for(self.talk)

    def following(self) -> Question[Any, D] | None:
        """The next question that has no answer.

        A preset that always holds is missing only where an older version began the form: its default stands, and nobody
        is asked about what that version did not know.
        """
        answers, asked = self.state.filled.answers, self.form.questionnaire.asked
        waiting = (
            question
            for question in self.form.questions
            if question.key not in answers and (question.when is not None or question in asked)
        )
        return next((question for question in waiting if not self._is_pointless(question)), None)

    def guess(self) -> None:
        """Answers what is plain from the other answers."""
        answers = self.state.filled.answers
        for question in self.form.questions:
            if question.key not in answers and not self._is_pointless(question):
                guessed = self._guessed(question)
                if guessed is not None:
                    answers[question.key] = guessed
                    self._draft = None

    def _guessed(self, question: Question[Any, D]) -> Value:
        guessed = None if question.guess is None else question.guess(self.draft)
        return None if guessed is None else question.input.encode(guessed)

    def _is_guessed(self, question: Question[Any, D]) -> bool:
        """Whether what stands there is the bot's guess, and no answer of the person's own."""
        answer = self.state.filled.answers.get(question.key)
        return answer is not None and question.key not in self.state.trail and answer == self._guessed(question)

    def _drop_guesses(self) -> None:
        """Before an answer changes that they may have come from."""
        for question in self.form.questions:
            if question.guess is not None and self._is_guessed(question):
                del self.state.filled.answers[question.key]
                self._draft = None

    def take(self, question: Question[Any, D], stored: Value) -> None:
        """Takes an answer; those whose questions it has made pointless are dropped."""
        self._drop_guesses()
        self.state.filled.answers[question.key] = stored
        self.state.filled.gathered.pop(question.key, None)
        self._leave_trail(question.key)
        self.state.trail.append(question.key)
        self._draft = None
        self.drop_pointless()

    def drop_pointless(self) -> None:
        answers = self.state.filled.answers
        for question in self.form.questions:
            if question.key in answers and self._is_pointless(question):
                del answers[question.key]
                self._leave_trail(question.key)
                self._draft = None

    def gather(self, key: str, parts: list[Value]) -> None:
        """Sets the parts of an answer that is not complete."""
        self.state.filled.gathered[key] = parts
        self._draft = None

    def told(self, key: str) -> list[Value]:
        """What stands there for a question that collects, whether it was asked already or not."""
        kept = self.state.filled.answers.get(key) or self.state.filled.gathered.get(key)
        return kept if isinstance(kept, list) else []

    def add(self, key: str, parts: list[Value]) -> None:
        """Adds to what was told for a question that is not the one being asked."""
        filled = self.state.filled
        kept: dict[str, Any] = filled.answers if key in filled.answers else filled.gathered
        kept[key] = [*self.told(key), *parts]
        self._draft = None

    def drop_parts(self) -> None:
        """Takes back all parts of the answer that is not complete."""
        self.state.filled.gathered.pop(self.state.step or "", None)
        self._draft = None

    def change(self, key: str) -> None:
        """Asks for another answer, from the review page; the parts of one that was gathered can be added to."""
        self.state.step = key
        answer = self.state.filled.answers.get(key)
        if self.form.questionnaire.by_key[key].input.collects and isinstance(answer, list) and answer:
            self.state.filled.gathered[key] = list(answer)

    def take_back(self, key: str) -> None:
        """Asks for the answer again; the parts of one that was gathered are kept, to be added to."""
        self.state.step = key
        self._drop_guesses()
        answer = self.state.filled.answers.pop(key, None)
        if self.form.questionnaire.by_key[key].input.collects and isinstance(answer, list) and answer:
            self.state.filled.gathered[key] = answer
        self._leave_trail(key)
        self._draft = None

    def _leave_trail(self, key: str) -> None:
        self.state.trail = [other for other in self.state.trail if other != key]

    def count(self, what: str, step: str | None = None) -> None:
        """Counts a step, for the figures, once it is committed."""
        key = self.state.step or "" if step is None else step
        name, key = (CONFIDENTIAL, "") if self.form.confidential else (self.form.name, key)

        async def counted() -> None:
            self.talk.context.ports.count_form_step(name, key, what)

        self.talk.committed.append(counted)

    async def keep(self) -> None:
        kept_for = self.talk.context.settings.retention.unfinished_forms
        await dialogues.keep(self.talk.session, self.state, self.talk.now, kept_for)

    async def keep_step(self) -> None:
        kept_for = self.talk.context.settings.retention.unfinished_forms
        await dialogues.keep_step(self.talk.session, self.state, self.talk.now, kept_for)

    async def cancel(self) -> None:
        """Ends the form like `close`, but for a while it can be brought back."""
        kept_for = self.talk.context.settings.retention.unfinished_forms
        await dialogues.cancel(self.talk.session, self.state, self.talk.now, kept_for)

    async def close(self) -> None:
        """Ends the form; the one that it was begun in the middle of is open again, but not shown."""
        earlier = self.state.earlier
        if earlier is None:
            await dialogues.close(self.talk.session, self.talk.person.id)
            return
        earlier.is_set_aside = True
        kept_for = self.talk.context.settings.retention.unfinished_forms
        await dialogues.keep(self.talk.session, earlier, self.talk.now, kept_for)


AnyFilling = Filling[Any]


async def open_filling(talk: Talk, forms: Mapping[str, AnyForm]) -> AnyFilling | None:
    """The form that this person is in; None if there is none (any more). What an older version kept is asked for again
    where this one can't read it."""
    state = await dialogues.current(talk.session, talk.person.id, talk.now)
    form = forms.get(state.form) if state is not None else None
    if state is None or form is None:
        return None
    filling = Filling(talk, form, state, forms)
    try:
        _ = filling.draft
    except ValueError:
        await filling.close()
        return None
    return filling
