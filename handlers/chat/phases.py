"""How what runs in phases, such as a campaign or a contest, is put into words and moved on by coordinators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.press import Button, InvalidCallback, Page, Press
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n.translations import N_, number
from storage.deliveries.notices import SubjectNotice
from storage.disclosure import MIN_CELL_SIZE
from storage.phases import IdT, InPhases, Phased, PhaseT, RowT, State

STATES: dict[State, str] = {
    State.PREPARED: N_("📝 not started"),
    State.RUNNING: N_("▶️ running"),
    State.ENDED: N_("✅ over"),
}
_SHOWN = 10
_START = ""
"""The phase of what has not been started, in a button."""


@dataclass(frozen=True, kw_only=True)
class PhaseWords(Generic[RowT, PhaseT, IdT]):
    """A feature's words and buttons around its phases."""

    phased: Phased[RowT, PhaseT, IdT]
    names: Mapping[PhaseT, str]
    heading: Callable[[View, RowT], Markup]
    open_label: str
    show: Press[IdT]
    """Opens the coordinators' page."""
    ask_to_move: Press[IdT, str]

    def timeline(self, view: View, row: RowT, untils: Mapping[PhaseT, datetime | None]) -> Markup:
        """One line a phase: which are over, which one is open, which are to come, and until when."""
        return Markup("\n").join(self._entry(view, row, phase, until) for phase, until in untils.items())

    def _entry(self, view: View, row: RowT, phase: PhaseT, until: datetime | None) -> Markup:
        name = view._(self.names[phase])
        if row.state is State.ENDED or self.is_before(phase, row.phase):
            return Markup("✅ {}").format(name)
        when = "" if until is None else view._("until {moment}").format(moment=view.end(until))
        if row.phase is phase:
            open_phase = Markup("<b>{}</b>").format(name)
            if until is not None and until <= view.now:
                comment = view._("date has passed")
                return Markup("▶️ ") + Markup(view._("{text} ({comment})")).format(text=open_phase, comment=comment)
            return Markup("▶️ {} {}").format(open_phase, when) if when else Markup("▶️ ") + open_phase
        return Markup("▫️ {}").format(f"{name} {when}".rstrip())

    def is_before(self, phase: PhaseT, other: PhaseT | None) -> bool:
        """Whether one comes before the other in their order; nothing does before the start."""
        order = list(self.phased.phases)
        return other is not None and order.index(phase) < order.index(other)

    async def move_button(self, talk: Talk, row: RowT, ending: str) -> Button:
        """Asks for the next phase; `ending` is its label where none follows."""
        following = await self.phased.next_phase(talk.session, row)
        label = ending
        if following is not None:
            label = talk._("▶ Move on to “{phase}” …").format(phase=talk._(self.names[following]))
        return self.ask_to_move.button(label, row.id, as_seen(row))

    async def following(self, talk: Talk, row: RowT, seen: str) -> PhaseT | None:
        """The phase that comes after the one in which the presser saw it. Raises `moved_on`: it is in another."""
        if as_seen(row) != seen or row.state is State.ENDED:
            raise self.phased.moved_on
        return await self.phased.next_phase(talk.session, row)

    def moving_words(self, talk: Talk, phase: PhaseT) -> str:
        return talk._("Move on to “{phase}”? This can't be undone.").format(phase=talk._(self.names[phase]))

    def seen_phase(self, seen: str) -> PhaseT | None:
        """The phase that a button carries; None: it has not been started."""
        return None if seen == _START else self.phase(seen)

    def phase(self, text: str) -> PhaseT:
        """Raises InvalidCallback: there is no such phase."""
        if text not in list(self.phased.phases):
            raise InvalidCallback
        return self.phased.phases(text)

    async def read_overdue(self, session: AsyncSession, notice: SubjectNotice[IdT], now: datetime) -> RowT | None:
        """What a reminder is about; None if it has been moved on, or has got another date."""
        row = await self.phased.find(session, notice.subject)
        return row if await self.phased.is_overdue(session, row, now) else None

    def overdue_words(self, view: View, notice: SubjectNotice[IdT], row: RowT) -> Page:
        assert row.phase is not None
        said = view._("The date for “{phase}” has passed. Move on, or set a new date.")
        text = Markup("{}\n\n{}").format(self.heading(view, row), said.format(phase=view._(self.names[row.phase])))
        return text, [[self.show.button(view._(self.open_label), notice.subject)]]


def as_seen(row: InPhases[Any]) -> str:
    """The phase it is in, as a button carries it."""
    return _START if row.phase is None else row.phase.value


def list_page(
    talk: Talk, title: str, none_yet: str, found: Sequence[InPhases[Any]], show: Press[Any], new: Button
) -> Page:
    """The coordinators' list."""
    lines = [Markup("<b>{}</b>").format(title), *([] if found else [Markup.escape(none_yet)])]
    rows = [
        [show.button(f"{talk._(STATES[row.state]).split(' ')[0]} {row.title[:40]}", row.id)] for row in found[:_SHOWN]
    ]
    return Markup("\n").join(lines), [*rows, [new]]


def people(view: View, count: int) -> str:
    """ "120 people", without telling of fewer than five."""
    if count < MIN_CELL_SIZE:
        return view._("fewer than {n} people").format(n=MIN_CELL_SIZE)
    return view.plural("{n} person", "{n} people", count).format(n=number(count, view.language))
