"""What the pages of a campaign say about its demands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.campaigns.demands import presses
from handlers.campaigns.demands.moderating import FROM_THE_START
from handlers.campaigns.demands.showing import MANY
from handlers.campaigns.parts import Section
from handlers.chat.press import Button
from handlers.chat.talk import Talk
from handlers.i18n.translations import number
from storage.campaigns import campaigns
from storage.campaigns.campaigns import Campaign, Phase, PhaseOver
from storage.campaigns.demands import gathering, results, table
from storage.campaigns.demands.table import PUBLIC, DemandState
from storage.phases import State

_NOTHING = Section()


async def for_riders(talk: Talk, row: Campaign) -> Section:
    counted = await table.counts(talk.session, row.id)
    shown = sum(counted.get(state, 0) for state in PUBLIC)
    if await results.is_over(talk.session, row.id):
        return await _over(talk, row, shown, counted)
    if row.state is not State.RUNNING or row.phase not in gathering.MODERATED:
        return _NOTHING
    n = number(shown, talk.language)
    line = talk._("📋 Demands so far: {n}").format(n=n)
    to_do = [] if row.phase is Phase.RANK and not shown else await _to_do(talk, row)
    return Section([line], [*to_do, *_lists(talk, row, shown, counted)])


async def _to_do(talk: Talk, row: Campaign) -> list[list[Button]]:
    """What is open now, on a button with a row of its own."""
    assert row.phase is not None
    try:
        await campaigns.require_phase(talk.session, row, row.phase, talk.now)
    except PhaseOver:
        return []
    if row.phase is Phase.GATHER:
        return [[presses.BRING.button(talk._("✍ Submit a demand"), row.id)]]
    return [[presses.RANK.button(talk._("▶ Rank the demands"), row.id)]]


def _lists(talk: Talk, row: Campaign, shown: int, counted: Mapping[DemandState, int]) -> list[list[Button]]:
    found = []
    if shown:
        found.append([presses.LIST.button(talk._("📋 All demands"), row.id, 0)])
    if refused := counted.get(DemandState.REFUSED, 0):
        label = talk._("⛔ Refused: {n}, and why").format(n=number(refused, talk.language))
        found.append([presses.REFUSALS.button(label, row.id, 0)])
    return found


async def _over(talk: Talk, row: Campaign, shown: int, counted: Mapping[DemandState, int]) -> Section:
    if not shown:
        return Section((), _lists(talk, row, shown, counted))
    if not await results.is_known(talk.session, row.id):
        line = talk._("⏳ The demands are being counted. You can see the result here in a few minutes.")
        return Section([line], _lists(talk, row, shown, counted))
    outline = await results.outline(talk.session, row.id)
    lines = []
    if isinstance(outline.people, int):
        said = talk._("📊 Riders who ranked: {n}. Demands: {demands}")
        lines.append(said.format(n=number(outline.people, talk.language), demands=number(shown, talk.language)))
    found = presses.RESULTS.button(talk._("📊 What riders want"), row.id, MANY, 0)
    return Section(lines, [[found], *_lists(talk, row, shown, counted)])


async def for_coordinators(talk: Talk, row: Campaign) -> Section:
    """The same, and what waits for a decision."""
    counted = await table.counts(talk.session, row.id)
    shown = sum(counted.get(state, 0) for state in PUBLIC)
    if await results.is_over(talk.session, row.id):
        return await _over(talk, row, shown, counted)
    if row.state is not State.RUNNING or row.phase not in gathering.MODERATED:
        return _NOTHING
    waiting = counted.get(DemandState.WAITING, 0)
    lines = [_tally(talk, shown, counted)]
    if row.phase is Phase.RANK and waiting:
        lines.append(talk._("Demands that nobody has checked when ranking ends are refused as too late."))
    rows = [[presses.SEED.button(talk._("➕ Add a union demand"), row.id)]]
    if waiting:
        label = talk._("📥 Check {n}").format(n=number(waiting, talk.language))
        rows.insert(0, [presses.QUEUE.button(label, row.id, FROM_THE_START)])
    return Section(lines, [*rows, *_lists(talk, row, shown, counted)])


async def before_moving(talk: Talk, row: Campaign, phase: Phase) -> Sequence[str]:
    """There is no way back from an empty ranking."""
    counted = await table.counts(talk.session, row.id)
    if phase is not Phase.RANK or any(counted.get(state, 0) for state in PUBLIC):
        return []
    waiting = counted.get(DemandState.WAITING, 0)
    lines = [talk._("⚠️ No demand has been published yet: riders would have nothing to rank.")]
    if waiting:
        said = talk.plural("{n} demand is waiting to be checked.", "{n} demands are waiting to be checked.", waiting)
        lines.append(said.format(n=number(waiting, talk.language)))
    return lines


def _tally(talk: Talk, shown: int, counted: Mapping[DemandState, int]) -> str:
    numbers: Sequence[int] = (
        shown,
        counted.get(DemandState.WAITING, 0),
        counted.get(DemandState.ASKED, 0),
        counted.get(DemandState.REFUSED, 0),
    )
    shown_, waiting, asked, refused = (number(one, talk.language) for one in numbers)
    said = talk._("📋 Demands: {shown} shown, {waiting} waiting, {asked} with their authors, {refused} refused")
    return said.format(shown=shown_, waiting=waiting, asked=asked, refused=refused)
