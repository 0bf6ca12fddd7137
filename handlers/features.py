"""All features, in the order of the menu; and what is made of their manifests."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from handlers.activities.feature import FEATURE as ACTIVITIES
from handlers.admin.feature import FEATURE as ADMIN
from handlers.broadcasts.feature import FEATURE as BROADCASTS
from handlers.campaigns.feature import FEATURE as CAMPAIGNS
from handlers.cases.feature import FEATURE as CASES
from handlers.chat.events import Event
from handlers.chat.feature import AllFeatures, Feature
from handlers.chat.routes import Routes
from handlers.console.feature import FEATURE as CONSOLE
from handlers.contests.feature import FEATURE as CONTESTS
from handlers.heat.feature import FEATURE as HEAT
from handlers.honours.feature import FEATURE as HONOURS
from handlers.membership.feature import FEATURE as MEMBERSHIP
from handlers.overview import FEATURE as OVERVIEW
from handlers.pay.feature import FEATURE as PAY
from handlers.privacy.feature import FEATURE as PRIVACY
from handlers.sos.feature import FEATURE as SOS
from handlers.start import FEATURE as START
from handlers.stations.feature import FEATURE as STATIONS
from handlers.statistics.feature import FEATURE as STATISTICS
from storage.audit import AuditAction
from storage.cases.desks import Desks
from storage.deliveries.notices import Notice
from storage.people.segments import kinds_of_conditions
from storage.privacy.retention import Forget
from storage.refusals import Refused

FEATURES: Sequence[Feature] = (
    STATIONS,
    ACTIVITIES,
    MEMBERSHIP,
    CASES,
    PAY,
    HEAT,
    SOS,
    BROADCASTS,
    CAMPAIGNS,
    CONTESTS,
    HONOURS,
    STATISTICS,
    CONSOLE,
    START,
    OVERVIEW,
    ADMIN,
    PRIVACY,
)
"""A new feature is one line here. What it keeps about people is erased in this order, the person's own row last."""


Key = TypeVar("Key")
Kind = TypeVar("Kind")


class IncompleteManifest(Exception):
    """A feature forgot something that somebody would meet; the text says what."""


def routes(features: Sequence[Feature], desks: Desks) -> Routes:
    """The whole table, with a command and a form for each desk.

    Raises:
        IncompleteManifest: an event has no route, a notice has no words, an action has no label, or nobody can ask
            for a condition of people.
    """
    table, others = Routes(), AllFeatures(features, desks)
    for feature in features:
        feature.register(table, others)
    _complete("a route for this event", Event, table.events)
    # A class that others are derived from has no kind. (A dataclass with slots also leaves the original class behind.)
    kinds = (notice.kind for notice in _known(features, _leaves(Notice)) if hasattr(notice, "kind"))
    _complete("what this notice says", kinds, {**table.notices, **table.composers})
    _complete(
        "a label in `audit_labels`", chain.from_iterable(_known(features, _leaves(AuditAction))), others.audit_labels
    )
    asked_for = {kind: part for part in others.audience for kind in part.kinds}
    _complete("a question in `audience`", _known(features, kinds_of_conditions()), asked_for)
    return table


def offered(features: Sequence[Feature], off: Collection[str]) -> Sequence[Feature]:
    """The features as an organisation offers them that has switched some off. What those keep about people can still be
    seen and erased, and what was queued can be sent; nothing leads there any more."""
    return [_without_ways_in(feature) if feature.switch in off else feature for feature in features]


def _without_ways_in(feature: Feature) -> Feature:
    def register(routes: Routes, others: AllFeatures) -> None:
        apart = Routes()
        feature.register(apart, others)
        routes.notices.update(apart.notices)
        routes.composers.update(apart.composers)
        routes.events.update(apart.events)

    leads_nowhere = replace(
        feature,
        overview=None,
        duties=None,
        reviews=None,
        figures=None,
        case_facts=None,
        count_case=None,
        beyond_cancel=None,
    )
    privacy = replace(feature.privacy, buttons=None)
    return replace(
        leads_nowhere, register=register, exports=(), queues=(), case_offers={}, own_files={}, privacy=privacy
    )


def refusals(features: Sequence[Feature]) -> Mapping[type[Refused], str]:
    """The sentence for each domain error.

    Raises:
        IncompleteManifest: an error has none.
    """
    found = _merged(feature.refusals for feature in features)
    _complete("a sentence in `refusals`", _known(features, _leaves(Refused)), found)
    return found


def retention(features: Sequence[Feature]) -> Sequence[Forget]:
    """What is kept of figures first, then what is forgotten."""
    archive = [keep for feature in features for keep in feature.archive]
    return [*archive, *(forget for feature in features for forget in feature.retention)]


def _merged(parts: Iterable[Mapping[Key, str]]) -> dict[Key, str]:
    return {key: text for part in parts for key, text in part.items()}


def _leaves(kind: type[Kind]) -> list[type[Kind]]:
    """The classes below this one that have none below themselves."""
    below = kind.__subclasses__()
    return [leaf for one in below for leaf in _leaves(one)] if below else [kind]


def _known(features: Sequence[Feature], kinds: Iterable[type[Kind]]) -> list[type[Kind]]:
    """Those of the bot's own packages, and of the folders of these features."""
    folders = tuple(f"{one}." for one in {"storage", "handlers", *(feature.folder for feature in features)})
    return [kind for kind in kinds if f"{kind.__module__}.".startswith(folders)]


def _complete(what: str, wanted: Iterable[Key], found: Mapping[Key, object]) -> None:
    missing = [str(one) for one in wanted if one not in found]
    if missing:
        raise IncompleteManifest(f"{', '.join(missing)}: {what} is missing")
