"""How a contest, its phases, rules and places are put into words."""

from __future__ import annotations

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.chat.draw_files import digest
from handlers.chat.phases import PhaseWords
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.contests import presses
from handlers.i18n.formatting import bracketed, in_a_line, listed
from handlers.i18n.translations import N_
from storage.contests import contests
from storage.contests.contests import Contest, ContestClosed, Phase, Settings, Slot, Tie, Voters
from storage.contests.entries import Entry, EntryState
from storage.contests.ids import ContestId
from storage.draws.drawing import commitment

PHASES: dict[Phase, str] = {
    Phase.ENTRY: N_("Call for entries"),
    Phase.CHECK: N_("Check"),
    Phase.VOTE: N_("Public vote"),
    Phase.JUDGING: N_("Judging"),
    Phase.RESULT: N_("Winners"),
}
SENTENCES: dict[Phase, str] = {
    Phase.ENTRY: N_("You can take part now: a video, a picture, a document or a text."),
    Phase.CHECK: N_("The entries are being checked."),
    Phase.VOTE: N_("The vote is open: look at the entries and vote for the ones you like."),
    Phase.JUDGING: N_("Voting is over. Now the judges decide."),
    Phase.RESULT: N_("The winners have been announced."),
}
ENTRY_STATES: dict[EntryState, str] = {
    EntryState.WAITING: N_("⏳ being checked"),
    EntryState.SHOWN: N_("✅ takes part"),
    EntryState.REFUSED: N_("❌ not accepted"),
    EntryState.WITHDRAWN: N_("withdrawn"),
    EntryState.AGREEING: N_("📜 the rules have changed: waiting for consent"),
}
VOTERS: dict[Voters, str] = {
    Voters.KNOWN: N_("Everyone who used this bot before the contest began"),
    Voters.MEMBERS: N_("Members of the union"),
}
SLOTS: dict[Slot, str] = {
    Slot.CATEGORY: N_("One vote in each category"),
    Slot.DAY: N_("One vote a day"),
}
TIES: dict[Tie, str] = {
    Tie.JUDGES: N_("the judges' scores"),
    Tie.PUBLIC: N_("the public's votes"),
    Tie.DRAW: N_("a draw"),
}
_MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def heading(row: Contest) -> Markup:
    return Markup("🏆 <b>{}</b>").format(row.title)


ON_PHASES = PhaseWords[Contest, Phase, ContestId](
    phased=contests.PHASED,
    names=PHASES,
    heading=lambda _view, row: heading(row),
    open_label=N_("🏆 Open"),
    show=presses.RUN_SHOW,
    ask_to_move=presses.ASK_TO_MOVE,
)


def consent(view: View, row: Contest) -> Markup:
    """The rules, and what whoever takes part agrees to."""
    said = view._(
        "By taking part you agree to these rules, and allow {organisation} to show and publish your "
        "entry under the name you choose: here, in its channel and in print. You can withdraw it at any "
        "time."
    ).format(organisation=view.context.settings.organisation.name)
    if contests.settings_of(row).by_team:
        said = in_a_line(said, view._("What a team has entered stays with the team when one of its members leaves."))
    return Markup("{}\n\n{}\n\n<b>{}</b>").format(heading(row), row.rules, said)


def entry_state(view: View, row: Entry) -> str:
    """What has become of an entry, and why."""
    said = view._(ENTRY_STATES[row.state])
    return bracketed(view._, said, row.reason) if row.reason else said


def not_a_voter(view: View, row: Contest) -> str:
    """To somebody who may look at the entries, but is none of those who vote."""
    if contests.settings_of(row).voters is Voters.MEMBERS:
        return view._("You can look, but not vote: only members of the union vote in this contest.")
    return view._("You can look, but not vote: you came after this contest began.")


def entering_line(view: View, settings: Settings) -> str:
    """Who enters, and how often."""
    if settings.by_team:
        said = view.plural(
            "👥 Teams enter: {n} entry each", "👥 Teams enter: up to {n} entries each", settings.entries_each
        )
    else:
        said = view.plural("👤 {n} entry each", "👤 Up to {n} entries each", settings.entries_each)
    return said.format(n=settings.entries_each)


def medal(place: int) -> str:
    return _MEDALS.get(place, "🎖")


def prize_lines(view: View, settings: Settings) -> list[Markup]:
    """By place."""
    return [
        Markup("{} {}").format(medal(place), view._("Place {n}: {prize}").format(n=place, prize=prize))
        for place, prize in enumerate(settings.prizes, start=1)
    ]


def deciding_lines(view: View, session: AsyncSession, row: Contest) -> list[Markup]:
    """Who may vote and how often, how votes and scores weigh, and what decides between equals."""
    settings = contests.settings_of(row)
    if settings.is_drawn:
        drawn = view._("🎲 The places are drawn among all accepted entries. Everyone has the same chance.")
        return [Markup.escape(drawn), *_draw_lines(view, session, row)]
    said = []
    if settings.public_weight > 0:
        said += [f"👍 {view._(SLOTS[settings.slot])}", f"👥 {view._(VOTERS[settings.voters])}"]
    said.append(f"⚖️ {_weight(view, settings)}")
    if settings.criteria:
        said.append(view._("Judges score: {criteria}").format(criteria=listed(settings.criteria, view.language)))
    if settings.shortlist:
        shortlisted = view.plural(
            "Only the {n} entry of each category with the most votes goes to the judges.",
            "Only the {n} entries of each category with the most votes go to the judges.",
            settings.shortlist,
        )
        said.append(shortlisted.format(n=settings.shortlist))
    said.append(view._("Ties are broken by: {rule}.").format(rule=view._(TIES[settings.tie])))
    return [*map(Markup.escape, said), *_draw_lines(view, session, row)]


def _draw_lines(view: View, session: AsyncSession, row: Contest) -> list[Markup]:
    """What the draw is made with: its digest from the beginning, so that nobody can choose it later."""
    seed = contests.seed_of(session, row)
    if not seed:
        return []
    lines = [digest(view._("SHA-256 of the draw's seed: {digest}"), commitment(seed))]
    if row.phase is Phase.RESULT:
        lines.append(digest(view._("The seed: {digest}"), seed.hex()))
    return lines


def _weight(view: View, settings: Settings) -> str:
    if settings.public_weight == 100:
        return view._("The public's votes decide.")
    if settings.public_weight == 0:
        return view._("The judges decide.")
    return view._("Public {public}%, judges {judges}%").format(
        public=settings.public_weight, judges=100 - settings.public_weight
    )


async def over(talk: Talk, contest_id: ContestId) -> str:
    """Why a form about taking part is in vain by now; empty if it is not."""
    contest = await contests.find(talk.session, contest_id)
    try:
        await contests.require_phase(talk.session, contest, Phase.ENTRY, talk.now)
    except ContestClosed:
        return talk._(
            "The contest takes no more entries, so I have closed this form; nothing from it was sent in. See where it "
            "stands: /contests"
        )
    return ""
