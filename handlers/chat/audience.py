"""Whom something is for: each feature's questions about it, put together to one draft.

A part is a frozen dataclass with `asked` fields (see handlers/forms/questions.py), like the draft of a form. A form
whose draft is derived from all parts asks for the whole audience; `segment_of` gives the segment that its answers mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, make_dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from handlers.chat.talk import Talk
from handlers.i18n.formatting import listed
from storage.people.segments import Condition, Segment

Part = TypeVar("Part")
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class AudiencePart(Generic[Part]):
    """A feature's questions about the audience, and the conditions that the answers mean.

    `kinds` are all conditions that may come of them, with their words, so that one for which nobody can ask is found at
    the start.
    """

    draft: type[Part]
    conditions: Callable[[Part], Iterable[Condition]]
    kinds: Mapping[type[Condition], Callable[[Talk, Any], str]]


def with_audience(
    draft: type[D], parts: Sequence[AudiencePart[Any]], *, after: type[Any], before: type[Any]
) -> type[D]:
    """The draft with the fields of all parts; they are asked after those of one of its bases, and before another's."""
    combined: type[D] = _combined(draft.__name__, (draft, before, *(part.draft for part in reversed(parts)), after))
    return combined


@cache
def _combined(name: str, bases: tuple[type, ...]) -> type[Any]:
    """Made once, since making a dataclass costs the start."""
    return make_dataclass(name, [], bases=bases, frozen=True, kw_only=True)


def segment_of(draft: object, parts: Sequence[AudiencePart[Any]]) -> Segment:
    """Whom the answers mean."""
    return Segment(tuple(condition for part in parts for condition in part.conditions(draft)))


def segment_words(talk: Talk, segment: Segment, parts: Sequence[AudiencePart[Any]]) -> str:
    """Whom it means, in the reader's language: "Members, English"."""
    words = {kind: say for part in parts for kind, say in part.kinds.items()}
    said = [words[type(one)](talk, one) for one in segment.conditions]
    return listed(said, talk.language) if said else talk._("Everyone")
