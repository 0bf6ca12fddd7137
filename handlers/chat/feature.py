"""What a feature brings to the bot: one manifest, collected in `handlers.features.FEATURES`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.approvals import OnApproval
from handlers.chat.audience import AudiencePart
from handlers.chat.breakdowns import Breakdown
from handlers.chat.case_offers import CaseOffer, CountCase, OwnFiles
from handlers.chat.figures import Figures
from handlers.chat.outings import Outings
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.audit import AuditAction
from storage.cases.desks import Desks
from storage.operations.queues import Measure
from storage.privacy.exports import PagedTable
from storage.privacy.retention import Forget
from storage.refusals import Refused
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


class Overview(NamedTuple):
    """A feature's part of /my: what stands there, as HTML ("": nothing), and the buttons that belong to it; `settings`
    are for what is changed now and then, and stand below those of all features."""

    words: str = ""
    buttons: Buttons = ()
    settings: Sequence[Button] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that waits for whoever runs the bot, and the buttons that lead there."""

    words: str
    buttons: Sequence[Button]


@dataclass(frozen=True, slots=True)
class WatchedQueue:
    """A queue in /system and in the metrics; `label` is marked with `N_`."""

    name: str
    label: str
    measure: Measure


@dataclass(frozen=True, slots=True)
class OpenExport:
    """A file of /export that names nobody. `name` stands on the wire."""

    name: str
    label: str
    file_name: str
    content: Callable[[AsyncSession, ZoneInfo], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class PersonalExport:
    """A table of people: handed out for a reason only, encrypted, and the other admins are told."""

    name: str
    label: str
    table: Callable[[AsyncSession, ZoneInfo], PagedTable]


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What is known of a matter before anybody tells it: the desk and its kind, the day, the place, and in words."""

    desk: str
    kind: str
    on: date
    place: str
    story: str


FindCaseFacts = Callable[[Talk, int], Awaitable[CaseFacts | None]]
"""By the number that the button carries; None if there is no such matter (any more)."""


@dataclass(frozen=True, slots=True)
class Feature:
    """Everything about a feature that others have to know; nothing about it stands in a list elsewhere.

    `register` adds its commands, buttons, links, forms, events and notices; what it needs of the other features is in
    `AllFeatures`. `refusals` has a sentence for each of its
    domain errors, `audit_labels` a label for each of its audited acts: both in English, marked with `N_`. `overview`
    gives its part of /my. `queues` are what /system and the metrics watch, with their labels.
    """

    name: str
    register: Callable[[Routes, AllFeatures], None]
    switch: str = ""
    """The key of the config's [features] that switches it off; "": it is always there."""
    refusals: Mapping[type[Refused], str] = field(default_factory=dict)
    audit_labels: Mapping[AuditAction, str] = field(default_factory=dict)
    audit_details: Mapping[AuditAction, Sequence[str]] = field(default_factory=dict)
    """By audited act, how the English of its details is made (see handlers/i18n/rewording.py), marked with `N_`."""
    personal_data: Sequence[PersonalData] = ()
    retention: Sequence[Forget] = ()
    privacy: PrivacyPart = field(default_factory=PrivacyPart)
    overview: Callable[[Talk], Awaitable[Overview]] | None = None
    overview_order: int = 50
    """Where its part stands in /my: the lowest first, then in the order of the features."""
    duties: Callable[[Talk], Awaitable[Sequence[Duty]]] | None = None
    """What waits for this person, by their rights: /start shows it to whoever runs the bot."""
    reviews: Callable[[Talk], Awaitable[Sequence[Duty]]] | None = None
    """What waits to be decided on by this person, beside the applications: /reviews shows it too."""
    queues: Sequence[WatchedQueue] = ()
    audience: AudiencePart[Any] | None = None
    """Its questions wherever it is chosen whom something is for."""
    breakdowns: Sequence[Breakdown] = ()
    """By what others may break down what they count."""
    figures: Figures | None = None
    """Its part of the statistics."""
    case_facts: FindCaseFacts | None = None
    """What it fills in of a case about something of its own (see handlers/cases/prefilled.py)."""
    count_case: CountCase | None = None
    """What it counts once such a case was opened."""
    exports: Sequence[OpenExport | PersonalExport] = ()
    on_approval: Mapping[str, OnApproval] = field(default_factory=dict)
    """By desk, what becomes of a case that its last level has approved."""
    case_offers: Mapping[str, CaseOffer] = field(default_factory=dict)
    """By kind of a case, what is offered to whoever has opened one of it."""
    own_files: Mapping[str, OwnFiles] = field(default_factory=dict)
    """By kind of a case, what can be attached where its form asks for evidence."""
    outings: Outings | None = None
    """Gives the places of an activity to those whom another feature names."""
    beyond_cancel: Callable[[Talk], Awaitable[Page | None]] | None = None
    """What /cancel does not end for this person, said with the buttons that do; None: nothing."""
    archive: Sequence[Forget] = ()
    """Keeps the figures of what is about to be forgotten; runs before the `retention` of all features."""

    @property
    def folder(self) -> str:
        """The package that declares it."""
        return self.register.__module__.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class AllFeatures:
    """All manifests, for the pages that look over them; and the desks of the configuration."""

    features: Sequence[Feature]
    desks: Desks

    @property
    def audit_labels(self) -> Mapping[AuditAction, str]:
        return {action: label for feature in self.features for action, label in feature.audit_labels.items()}

    @property
    def audit_details(self) -> Mapping[str, Sequence[str]]:
        """By the value of the action."""
        details = ((action.value, said) for feature in self.features for action, said in feature.audit_details.items())
        return dict(details)

    @property
    def queues(self) -> Sequence[WatchedQueue]:
        return [queue for feature in self.features for queue in feature.queues]

    @property
    def audience(self) -> Sequence[AudiencePart[Any]]:
        """The questions about whom something is for."""
        return [feature.audience for feature in self.features if feature.audience is not None]

    @property
    def breakdowns(self) -> Sequence[Breakdown]:
        """By what counts may be broken down."""
        return [breakdown for feature in self.features for breakdown in feature.breakdowns]

    @property
    def figures(self) -> Sequence[Figures]:
        return [feature.figures for feature in self.features if feature.figures is not None]

    @property
    def on_approval(self) -> Mapping[str, OnApproval]:
        return {desk: act for feature in self.features for desk, act in feature.on_approval.items()}

    @property
    def case_offers(self) -> Mapping[str, Sequence[CaseOffer]]:
        """By kind of a case."""
        offers: dict[str, list[CaseOffer]] = {}
        for feature in self.features:
            for kind, offer in feature.case_offers.items():
                offers.setdefault(kind, []).append(offer)
        return offers

    @property
    def own_files(self) -> Mapping[str, OwnFiles]:
        """By kind of a case."""
        return {kind: files for feature in self.features for kind, files in feature.own_files.items()}

    @property
    def case_counts(self) -> Mapping[str, CountCase]:
        """By feature."""
        return {feature.name: feature.count_case for feature in self.features if feature.count_case is not None}

    @property
    def outings(self) -> Outings | None:
        return next((feature.outings for feature in self.features if feature.outings is not None), None)

    @property
    def exports(self) -> Sequence[OpenExport | PersonalExport]:
        return [export for feature in self.features for export in feature.exports]
