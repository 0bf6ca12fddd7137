"""/contest: coordinators set contests up and move them on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from markupsafe import Markup

from handlers.chat.audience import AudiencePart, segment_of, segment_words
from handlers.chat.confirming import confirming
from handlers.chat.phase_dates import DatePages
from handlers.chat.phases import STATES, list_page, people
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.contests import presses, words
from handlers.contests.editing import EditingPages
from handlers.contests.form import ContestDraft, draft_for, making, plan_of
from handlers.contests.winners import result_buttons
from handlers.contests.words import ON_PHASES
from handlers.forms import forms
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from storage import audit
from storage.contests import contests, editing, entry_checks, judges, judging, moves
from storage.contests.audited import ContestAction
from storage.contests.contests import Contest, Phase
from storage.contests.ids import ContestId
from storage.people import segments
from storage.people.access import Right
from storage.people.segments import Segment
from storage.phases import State

_RIGHT = Right.RUN_CONTESTS


class RunningPages:
    """The coordinators' pages."""

    def __init__(self, audience: Sequence[AudiencePart[Any]]) -> None:
        """`audience`: the questions of all features about who may enter."""
        self._audience = audience
        self._form = making(draft_for(audience), self._made)
        self._editing = EditingPages(audience, self.page)
        self._dates = DatePages[Contest, Phase, ContestId](
            name="contest",
            words=ON_PHASES,
            dates=presses.DATES,
            set_date=presses.SET_DATE,
            action=ContestAction.CONTEST_DATE_CHANGED,
            right=_RIGHT,
            page=self.page,
            undated=[Phase.RESULT],
        )

    def register(self, routes: Routes) -> None:
        routes.command("contest", self.command, about=N_("Run contests"), right=_RIGHT, writes=False)
        routes.form(self._form)
        self._dates.register(routes)
        self._editing.register(routes)
        routes.press(presses.RUN_LIST, self.list_again, right=_RIGHT, writes=False)
        routes.press(presses.RUN_SHOW, self.show, right=_RIGHT, writes=False)
        routes.press(presses.NEW, self.begin, right=_RIGHT)
        routes.press(presses.ASK_TO_MOVE, self.ask_to_move, right=_RIGHT, writes=False)
        routes.press(presses.MOVE, self.move, right=_RIGHT)

    async def command(self, talk: Talk) -> None:
        talk.say(*_list(talk, await contests.all_of(talk.session, *State)))

    async def list_again(self, talk: Talk) -> None:
        talk.edit(*_list(talk, await contests.all_of(talk.session, *State)))

    async def begin(self, talk: Talk) -> None:
        await forms.begin(talk, self._form)

    async def _made(self, talk: Talk, draft: ContestDraft) -> None:
        row = await contests.create(talk.session, plan_of(draft, segment_of(draft, self._audience)))
        about = f"contest {row.id}: {row.title}"
        await audit.note(talk.session, talk.person.id, ContestAction.CONTEST_CREATED, talk.now, about=about)
        talk.say(*await self.page(talk, row))

    async def show(self, talk: Talk, contest_id: ContestId) -> None:
        talk.edit(*await self.page(talk, await contests.find(talk.session, contest_id)))

    async def page(self, talk: Talk, row: Contest) -> Page:
        """A contest as coordinators see it. Votes are not among what they see."""
        whom = segment_words(talk, Segment.parse(row.segment), self._audience)
        phases = await contests.phases_of(talk.session, row.id)
        lines = [
            Markup("{} · {}").format(words.heading(row), talk._(STATES[row.state])),
            Markup.escape(talk._("Who can enter: {whom}").format(whom=whom)),
            Markup.escape(words.entering_line(talk.view, contests.settings_of(row))),
            *words.deciding_lines(talk.view, talk.session, row),
            Markup(""),
            ON_PHASES.timeline(talk.view, row, phases),
            Markup(""),
            *await _entry_lines(talk, row),
            *(await _judge_lines(talk, row) if Phase.JUDGING in phases else []),
        ]
        if row.channel:
            lines.append(Markup.escape(talk._("📢 Entries are posted in {channel}").format(channel=row.channel)))
        return Markup("\n").join(lines), await _buttons(talk, row, phases)

    async def ask_to_move(self, talk: Talk, contest_id: ContestId, seen: str) -> None:
        """What will happen, and to how many people it will be told."""
        row = await contests.find(talk.session, contest_id)
        following = await ON_PHASES.following(talk, row, seen)
        if following is None:
            asks = talk._("End this contest? Riders can still look at it.")
            label = talk._("⏹ End it")
        else:
            asks = "\n\n".join([ON_PHASES.moving_words(talk, following), *await _warnings(talk, row, following)])
            label = talk._("▶ Move on and tell {people}").format(people=await _told(talk, row, following))
        go = presses.MOVE.button(label, row.id, seen)
        talk.edit(Markup.escape(asks), confirming(go, presses.RUN_SHOW.button(talk._("Not yet"), row.id)))

    async def move(self, talk: Talk, contest_id: ContestId, seen: str) -> None:
        quiet_until = talk.context.settings.quiet_hours.until(talk.now)
        phase = ON_PHASES.seen_phase(seen)
        moved = await moves.move(talk.session, contest_id, phase, talk.person.id, talk.now, quiet_until)
        talk.edit(*await self.page(talk, moved.row))


async def _warnings(talk: Talk, row: Contest, phase: Phase) -> list[str]:
    """What a coordinator should know before moving on, since there is no way back."""
    if phase is Phase.ENTRY or any((await entry_checks.counts(talk.session, row.id)).values()):
        return []
    return [talk._("⚠️ There is no entry yet.")]


async def _entry_lines(talk: Talk, row: Contest) -> list[Markup]:
    """By category: how many wait, take part, and are not accepted."""
    counts = await entry_checks.counts(talk.session, row.id)
    lines = []
    for at, category in enumerate(contests.settings_of(row).categories):
        said = [
            f"{talk._(label)} {counts[at, state]}"
            for state, label in words.ENTRY_STATES.items()
            if counts.get((at, state))
        ]
        lines.append("• " + labelled(talk._, category, " · ".join(said) or talk._("no entry yet")))
    return lines


async def _judge_lines(talk: Talk, row: Contest) -> list[Markup]:
    count = len(await judges.of_contest(talk.session, row.id))
    lines = [Markup.escape(talk.plural("⚖️ {n} judge", "⚖️ {n} judges", count).format(n=count))]
    if row.phase is Phase.JUDGING:
        missing = await judging.missing(talk.session, row.id)
        said = talk.plural("{n} score is missing.", "{n} scores are missing.", missing).format(n=missing)
        lines.append(Markup.escape(said if missing else talk._("All entries are scored.")))
    return lines


async def _buttons(talk: Talk, row: Contest, phases: Collection[Phase]) -> Buttons:
    rows: list[Sequence[Button]] = []
    waiting = await entry_checks.waiting(talk.session, row.id)
    if waiting:
        rows.append([presses.CHECK.button(talk._("🔎 Check entries: {n}").format(n=waiting), row.id)])
    if row.state is not State.ENDED:
        rows.append([await ON_PHASES.move_button(talk, row, talk._("⏹ End the contest …"))])
        tools = [presses.DATES.button(talk._("📅 Dates"), row.id), presses.CHANNEL.button(talk._("📢 Channel"), row.id)]
        if editing.can_be_renamed(row):
            rows.append([presses.EDIT.button(talk._("✎ Change"), row.id)])
        if row.state is State.PREPARED:
            rows[-1] = [*rows[-1], presses.CHOOSE_ENTRANTS.button(talk._("👥 Who may enter"), row.id)]
        rows.append([*tools, *([presses.JUDGES.button(talk._("⚖️ Judges"), row.id)] if Phase.JUDGING in phases else [])])
    return [*rows, *result_buttons(talk, row), [presses.RUN_LIST.button(talk._("◀ All contests"))]]


async def _told(talk: Talk, row: Contest, phase: Phase) -> str:
    """To how many people a phase is announced, in words."""
    if phase is Phase.CHECK:
        return talk._("no people")
    if phase is Phase.JUDGING:
        count = len(await judges.of_contest(talk.session, row.id))
        return talk.plural("{n} judge", "{n} judges", count).format(n=count)
    segment = Segment.parse(row.segment) if phase is Phase.ENTRY else Segment()
    return people(talk.view, await segments.size(talk.session, segment, talk.now))


def _list(talk: Talk, found: Sequence[Contest]) -> Page:
    none_yet = talk._("None yet. A contest collects entries, lets the public vote and judges score.")
    new = presses.NEW.button(talk._("➕ New contest"))
    return list_page(talk, talk._("Contests"), none_yet, found, presses.RUN_SHOW, new)
