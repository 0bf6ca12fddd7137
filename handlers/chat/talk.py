"""A conversation's turn, as a handler gets it: what is known about it, what is said in it, and the session."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import Enum

from sqlalchemy.ext.asyncio import AsyncSession
from telegram import Message

from handlers.chat.context import AppContext
from handlers.chat.replies import Outgoing, Replies
from handlers.chat.view import View
from handlers.i18n.translations import Translate, plural_in, translator
from storage.cases.ids import CaseId
from storage.deliveries.notices import Notice
from storage.deliveries.queue import Addressed
from storage.form_session import FormRow
from storage.people.access import Right, Role, may
from storage.telegram_ids import PersonId
from storage.updates.batched_writes import Append
from storage.updates.ids import UpdateKey


class Danger(Enum):
    """Whether words of acute danger were written, and what they are answered with."""

    NONE = "none"
    ALONE = "alone"
    """Whom to call, and nothing else."""
    FIRST = "first"
    """Whom to call, then all the rest: who runs the bot may be writing about somebody else."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who speaks. `id` is also the private chat's."""

    id: PersonId
    language: str
    roles: frozenset[Role]
    form: str | None = None
    case: CaseId | None = None
    case_number: str = ""
    """Of the case in which they write."""

    def may(self, right: Right) -> bool:
        return may(self.roles, right)

    @property
    def is_staff(self) -> bool:
        """More than a rider or a member."""
        return not self.roles <= {Role.RIDER, Role.MEMBER}


@dataclass(slots=True)
class StatelessTalk(Replies):
    """A turn without a session: for handlers that read nothing, and for what is said before a transaction begins."""

    key: UpdateKey
    person: Person
    now: datetime
    context: AppContext
    appends: list[Append] = field(init=False, default_factory=list)
    """Rows to be added without having read anything (see storage/updates/batched_writes.py)."""
    fetched: object = field(init=False, default=None)
    """What the question's `look_up` brought, before the transaction began."""
    form_row: FormRow | None = field(init=False, default=None)
    """The form that is open, where it was read before the transaction (see storage/updates/form_steps.py)."""
    danger: Danger = field(init=False, default=Danger.NONE)
    is_album_rest: bool = field(init=False, default=False)
    """Whether the message belongs to an album that was answered already."""
    emergency: Outgoing | None = field(init=False, default=None)
    """The numbers to call, once they are among what is said."""
    _: Translate = field(init=False)
    _today: date | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._ = translator(self.person.language)

    @property
    def language(self) -> str:
        return self.person.language

    def speak(self, language: str) -> None:
        """From now on in this language."""
        self.person = replace(self.person, language=language)
        self._ = translator(language)

    def plural(self, one: str, many: str, n: int) -> str:
        """The text for this number of things; `{n}` is still to be filled in."""
        return plural_in(self.language, one, many, n)

    @property
    def message(self) -> Message | None:
        """The message that the person sent, as the library's object; None for a press."""
        return self.incoming.message

    @property
    def text(self) -> str:
        return self.incoming.text

    @property
    def local_today(self) -> date:
        """The date in the organisation's zone."""
        if self._today is None:
            self._today = self.now.astimezone(self.context.settings.organisation.zone).date()
        return self._today

    @property
    def view(self) -> View:
        """For whom, and when, it is put into words."""
        return View(self.context, self.language, self.now)

    def append(self, row: Append) -> None:
        """Adds a row without having read anything."""
        self.appends.append(row)

    def in_session(self, session: AsyncSession) -> Talk:
        """The same turn, within a session. What is said and changed from now on is the new object's alone."""
        talk = Talk(self.incoming, self.key, self.person, self.now, self.context, session)
        talk.outgoing, talk.appends = list(self.outgoing), list(self.appends)
        talk.fetched = self.fetched
        talk.danger, talk.emergency = self.danger, self.emergency
        talk.is_album_rest = self.is_album_rest
        return talk


@dataclass(slots=True)
class Talk(StatelessTalk):
    """A turn within a session, which is a transaction if the route says that it writes."""

    session: AsyncSession
    notices: list[Addressed] = field(init=False, default_factory=list)
    committed: list[Callable[[], Awaitable[None]]] = field(init=False, default_factory=list)
    """What is to be done in this process once the transaction is committed, before anything is said."""

    def notify(self, recipient: PersonId, notice: Notice) -> None:
        """Queues a notice to somebody else, in this transaction."""
        self.notices.append(Addressed(recipient, notice, self.now))
