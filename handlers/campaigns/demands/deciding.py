"""What coordinators do to demands that everybody reads: make one part of another, and say what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from handlers.campaigns.demands import presses, words
from handlers.campaigns.demands.cards import page_of
from handlers.chat.confirming import confirming
from handlers.chat.press import InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import asked
from handlers.inputs.reason import reason_question
from storage import audit, similar
from storage.campaigns.demands import moderation, outcomes, results, table
from storage.campaigns.demands.audited import DemandAction
from storage.campaigns.demands.table import LONGEST_REASON, OUTCOMES, Demand, DemandState, RankingIsOpen
from storage.campaigns.ids import DemandId
from storage.people.access import Right

_OFFERED = 6
_RIGHT = Right.RUN_CAMPAIGNS


def register(routes: Routes) -> None:
    routes.press(presses.MERGE, show_wholes, right=_RIGHT, writes=False)
    routes.press(presses.ASK_MERGE, ask_to_merge, right=_RIGHT, writes=False)
    routes.press(presses.MERGE_NOW, merge, right=_RIGHT)
    routes.press(presses.OUTCOMES, show_outcomes, right=_RIGHT, writes=False)
    routes.press(presses.ASK_OUTCOME, ask_outcome, right=_RIGHT)
    routes.press(presses.SET_OUTCOME, set_outcome, right=_RIGHT)
    routes.form(_REJECT)


async def show_wholes(talk: Talk, demand_id: DemandId, page: int) -> None:
    """What it can become part of, the most similar first."""
    row, others = await moderation.wholes(talk.session, demand_id)
    if not 0 <= page <= len(others) // _OFFERED:
        raise InvalidCallback
    found = similar.most_similar(row.text or "", [one.text or "" for one in others], len(others), least=0.0)
    shown = [others[one.at] for one in found[page * _OFFERED : (page + 1) * _OFFERED]]
    said = Markup(talk._("Which demand is {demand} part of?")).format(demand=words.quoted(talk.view, row.text or ""))
    lines = [said, *(Markup("{}. {}").format(at, one.text) for at, one in enumerate(shown, start=1))]
    if not shown:
        lines.append(escape(talk._("There are no others yet.")))
    numbers = [presses.ASK_MERGE.button(str(at), row.id, one.id) for at, one in enumerate(shown, start=1)]
    turn = [presses.MERGE.button(talk._("◀ Previous"), row.id, page - 1)] if page else []
    if len(found) > (page + 1) * _OFFERED:
        turn.append(presses.MERGE.button(talk._("Next ▶"), row.id, page + 1))
    back = presses.CARD.button(talk._("◀ Back"), row.id)
    talk.edit(Markup("\n\n").join(lines), [*words.numbered(numbers), turn, [back]])


async def ask_to_merge(talk: Talk, demand_id: DemandId, whole_id: DemandId) -> None:
    """Once more, since there is no way back."""
    row, whole = [await table.find_public(talk.session, one) for one in (demand_id, whole_id)]
    said = Markup(
        talk._(
            "Make {part} part of {whole}? Each keeps its own support, and the part is no longer ranked. This "
            "can't be undone."
        )
    ).format(part=words.quoted(talk.view, row.text or ""), whole=words.quoted(talk.view, whole.text or ""))
    go = presses.MERGE_NOW.button(talk._("🔗 Make it part of that"), row.id, whole.id)
    talk.edit(said, confirming(go, presses.CARD.button(talk._("◀ Back"), row.id)))


async def merge(talk: Talk, demand_id: DemandId, whole_id: DemandId) -> None:
    row = await moderation.merge(talk.session, demand_id, whole_id)
    await _note(talk, DemandAction.DEMAND_MERGED, f"demand {row.id} is part of demand {whole_id}")
    talk.edit(*await page_of(talk, row))


async def _note(talk: Talk, act: DemandAction, about: str) -> None:
    await audit.note(talk.session, talk.person.id, act, talk.now, about=about)


async def _ranked(talk: Talk, demand_id: DemandId) -> Demand:
    """Raises RankingIsOpen: nobody knows yet how it stands."""
    row = await table.find_public(talk.session, demand_id)
    if not await results.is_over(talk.session, row.campaign_id):
        raise RankingIsOpen
    return row


async def show_outcomes(talk: Talk, demand_id: DemandId) -> None:
    row = await _ranked(talk, demand_id)
    said = talk._("What became of it? Everyone who asked to hear will be told.")
    text = Markup("<b>{}</b>\n\n{}").format(words.quoted(talk.view, row.text or ""), said)
    rows = [
        [presses.ASK_OUTCOME.button(talk._(words.OUTCOMES[state]), row.id, state.value)]
        for state in OUTCOMES
        if state is not row.state
    ]
    talk.edit(text, [*rows, [presses.CARD.button(talk._("◀ Back"), row.id)]])


async def ask_outcome(talk: Talk, demand_id: DemandId, state: str) -> None:
    """Once more before others are told; a rejection needs its reason."""
    if state not in list(OUTCOMES):
        raise InvalidCallback
    row, chosen = await _ranked(talk, demand_id), DemandState(state)
    if chosen is DemandState.REJECTED:
        await forms.begin(talk, _REJECT, Rejecting(row.id, row.text or ""))
        return
    go = presses.SET_OUTCOME.button(talk._("📣 Publish it and tell them"), row.id, state)
    talk.edit(_claim(talk, row.text or "", chosen), confirming(go, presses.CARD.button(talk._("◀ Back"), row.id)))


def _claim(talk: Talk, text: str, state: DemandState) -> Markup:
    return Markup("<b>{}</b>\n{}").format(words.quoted(talk.view, text), talk._(words.OUTCOMES[state]))


async def set_outcome(talk: Talk, demand_id: DemandId, state: str) -> None:
    if state not in list(OUTCOMES) or state == DemandState.REJECTED:
        raise InvalidCallback
    await _say(talk, demand_id, DemandState(state), "")
    talk.edit(*await page_of(talk, await table.find_public(talk.session, demand_id)))


async def _say(talk: Talk, demand_id: DemandId, state: DemandState, reason: str) -> None:
    due = talk.context.settings.quiet_hours.until(talk.now) or talk.now
    change = await outcomes.say(talk.session, demand_id, state, reason, talk.now, due)
    await _note(talk, DemandAction.DEMAND_OUTCOME, f"demand {change.demand_id}: {state}")


def _ask_why(talk: Talk, draft: Rejecting) -> str:
    said = talk._(
        "Why was it rejected? Riders will read this (5 to 300 characters). It is published as soon as you send it."
    )
    return _claim(talk, draft.text, DemandState.REJECTED) + Markup("\n\n{}").format(said)


@dataclass(frozen=True, slots=True)
class Rejecting:
    id: DemandId
    text: str
    reason: str = asked(reason_question(_ask_why, 5, LONGEST_REASON))


async def _rejected(talk: Talk, draft: Rejecting) -> None:
    await _say(talk, draft.id, DemandState.REJECTED, draft.reason)
    talk.say(*await page_of(talk, await table.find_public(talk.session, draft.id)))


_REJECT = one_question("demand_rejected", Rejecting, _rejected, _RIGHT)
