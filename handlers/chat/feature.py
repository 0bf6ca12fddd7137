"""What a feature brings to the bot: one manifest, collected in `handlers.features.FEATURES`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.audit import AuditAction
from storage.cases.desks import Desks
from storage.database import Refused
from storage.operations.queues import Measure
from storage.privacy.retention import Forget
from storage.telegram_ids import PersonId

Erase = Callable[[AsyncSession, PersonId], Awaitable[None]]
"""Removes what is kept about a person, by their id."""

Copy = Callable[[AsyncSession, PersonId], Awaitable[list[Any]]]
"""Gives what is kept about a person, by their id, as plain values for JSON."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """Something that is kept about people.

    `title` heads its part of the copy. Without `copy` it has no part of its own, because it holds nothing that the rest
    does not say; without `erase` it goes with something else that this feature erases.
    """

    name: str
    erase: Erase | None
    title: str = ""
    copy: Copy | None = None


@dataclass(frozen=True, slots=True)
class PrivacyPart:
    """A feature's part of /privacy: what it says there, and how one leaves it.

    `lines` say what is kept; `buttons` lead to withdrawing a consent; `warnings` stand before an erasure and name what
    would be lost; `leave` ends what is still open (a membership, a case, a place) before the data goes.
    """

    lines: Callable[[Talk], Awaitable[Sequence[str]]] | None = None
    buttons: Callable[[Talk], Awaitable[Sequence[Button]]] | None = None
    warnings: Callable[[Talk], Awaitable[Sequence[str]]] | None = None
    leave: Callable[[Talk], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class WatchedQueue:
    """A queue in /system and in the metrics; `label` is marked with `N_`."""

    name: str
    label: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class Feature:
    """Everything about a feature that others have to know; nothing about it stands in a list elsewhere.

    `register` adds its commands, buttons, links, forms, events and notices. `refusals` has a sentence for each of its
    domain errors, `audit_labels` a label for each of its audited acts: both in English, marked with `N_`. `overview`
    gives its messages in /my. `queues` are what /system and the metrics watch, with their labels.
    """

    name: str
    register: Callable[[Routes, Desks], None]
    refusals: Mapping[type[Refused], str] = field(default_factory=dict)
    audit_labels: Mapping[AuditAction, str] = field(default_factory=dict)
    personal_data: Sequence[PersonalData] = ()
    retention: Sequence[Forget] = ()
    privacy: PrivacyPart = field(default_factory=PrivacyPart)
    overview: Callable[[Talk], Awaitable[Sequence[Page]]] | None = None
    overview_order: int = 50
    """Where its messages stand in /my: the lowest first, then in the order of the features."""
    queues: Sequence[WatchedQueue] = ()
    archive: Sequence[Forget] = ()
    """Keeps the figures of what is about to be forgotten; runs before the `retention` of all features."""

    @property
    def folder(self) -> str:
        """The package that declares it."""
        return self.register.__module__.rpartition(".")[0]
