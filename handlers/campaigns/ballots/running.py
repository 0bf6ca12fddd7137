"""The coordinators' page of a ballot: prepare, open, close, take the box to the trustees, bring the result back."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns.ballots import presses, words
from handlers.campaigns.ballots.form import BallotDraft, ResultFile, bringing, preparing
from handlers.campaigns.parts import Section
from handlers.campaigns.presses import RUN_SHOW
from handlers.chat.confirming import ask_first
from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.forms import forms
from storage.campaigns import campaigns
from storage.campaigns.ballots import ballots, closing, papers, publishing
from storage.campaigns.ballots.ballots import BallotMovedOn, Plan
from storage.campaigns.ballots.publishing import BadResult
from storage.campaigns.ballots.table import Ballot, State
from storage.campaigns.campaigns import Campaign, Phase
from storage.campaigns.ids import BallotId, CampaignId
from storage.people.access import Right
from storage.phases import State as CampaignState
from storage.telegram_ids import PersonId

_RIGHT = Right.RUN_CAMPAIGNS


class RunningBallots:
    """What coordinators do with ballots."""

    def __init__(self) -> None:
        self._form = preparing(self._prepared)
        self._result = bringing(self._brought)

    def register(self, routes: Routes) -> None:
        routes.form(self._form)
        routes.form(self._result)
        routes.press(presses.NEW, self.begin, right=_RIGHT)
        routes.press(presses.RUN, self.show, right=_RIGHT, writes=False)
        routes.press(presses.ASK_TO_OPEN, self.ask_to_open, right=_RIGHT, writes=False)
        routes.press(presses.OPEN, self.open, right=_RIGHT)
        routes.press(presses.ASK_TO_CLOSE, self.ask_to_close, right=_RIGHT, writes=False)
        routes.press(presses.CLOSE, self.close, right=_RIGHT)
        routes.press(presses.ASK_TO_DELETE, self.ask_to_delete, right=_RIGHT, writes=False)
        routes.press(presses.DELETE, self.delete, right=_RIGHT)
        routes.press(presses.BOX, send_box, right=_RIGHT, writes=False)
        routes.press(presses.BRING_RESULT, self.bring, right=_RIGHT)

    async def begin(self, talk: Talk, campaign_id: CampaignId) -> None:
        await campaigns.find(talk.session, campaign_id)
        await forms.begin(talk, self._form, BallotDraft(campaign=campaign_id))

    async def _prepared(self, talk: Talk, draft: BallotDraft) -> None:
        campaign = await campaigns.find(talk.session, draft.campaign)
        assert draft.rule is not None
        plan = Plan(draft.terms(campaign.title), draft.rule, draft.closes_at)
        row = await ballots.prepare(talk.session, campaign.id, plan, talk.person.id, talk.now)
        talk.say(*await self._page(talk, row))

    async def show(self, talk: Talk, ballot_id: BallotId) -> None:
        talk.edit(*await self._page(talk, await ballots.find(talk.session, ballot_id)))

    async def _page(self, talk: Talk, row: Ballot) -> Page:
        terms = row.as_said
        names = [words.option(talk.view, one) for one in terms.options]
        lines = [*words.protocol(talk.view, row, await voted_now(talk, row)), Markup("")]
        lines += [Markup("• {}").format(name) for name in names]
        lines += [Markup(""), *words.rule_lines(talk.view, terms), Markup(""), *words.secrecy_lines(talk.view, terms)]
        return Markup("\n").join(lines), self._buttons(talk, row)

    def _buttons(self, talk: Talk, row: Ballot) -> Sequence[Sequence[Button]]:
        rows: list[list[Button]] = []
        if row.state is State.PREPARED:
            rows.append([presses.ASK_TO_OPEN.button(talk._("▶ Open the ballot …"), row.id)])
            rows.append([presses.ASK_TO_DELETE.button(talk._("🗑 Delete …"), row.id)])
        elif row.state is State.FREEZING:
            rows.append([presses.RUN.button(talk._("🔄 Refresh"), row.id)])
        elif row.state is State.OPEN:
            rows.append([presses.ASK_TO_CLOSE.button(talk._("⏹ Close it now …"), row.id)])
        elif row.state is State.CLOSED:
            rows.append([presses.BOX.button(talk._("📦 The box, for the trustees"), row.id)])
            rows.append([presses.BRING_RESULT.button(talk._("📥 Send the result file"), row.campaign_id)])
        elif row.state is State.PUBLISHED:
            rows.append([presses.RESULT.button(talk._("📄 The list, and how to check it"), row.id)])
        return [*rows, [RUN_SHOW.button(talk._("◀ Back"), row.campaign_id)]]

    async def ask_to_open(self, talk: Talk, ballot_id: BallotId) -> None:
        row = await ballots.find(talk.session, ballot_id)
        if row.state is not State.PREPARED:
            raise BallotMovedOn
        question = talk._(
            "Open the ballot? Everyone the campaign is for will get a ballot paper and be told. After that "
            "nothing can be changed."
        )
        stay = presses.RUN.button(talk._("Not yet"), row.id)
        ask_first(talk, question, presses.OPEN.button(talk._("▶ Open it"), row.id), stay)

    async def open(self, talk: Talk, ballot_id: BallotId) -> None:
        row = await ballots.begin(talk.session, ballot_id, talk.person.id, talk.now)
        talk.edit(*await self._page(talk, row))

    async def ask_to_close(self, talk: Talk, ballot_id: BallotId) -> None:
        row = await ballots.find(talk.session, ballot_id)
        if row.state is not State.OPEN:
            raise BallotMovedOn
        question = talk._(
            "Close the ballot now, before {moment}? Everyone will be told, and it is recorded that you closed it."
        )
        stay = presses.RUN.button(talk._("Leave it open"), row.id)
        go = presses.CLOSE.button(talk._("⏹ Close it for good"), row.id)
        ask_first(talk, question.format(moment=talk.view.end(row.closes_at)), go, stay)

    async def close(self, talk: Talk, ballot_id: BallotId) -> None:
        due = talk.context.settings.quiet_hours.until(talk.now) or talk.now
        row = await closing.close(talk.session, ballot_id, talk.person.id, await _staff(talk), talk.now, due)
        talk.edit(*await self._page(talk, row))

    async def ask_to_delete(self, talk: Talk, ballot_id: BallotId) -> None:
        row = await ballots.find(talk.session, ballot_id)
        if row.state is not State.PREPARED:
            raise BallotMovedOn
        stay = presses.RUN.button(talk._("Keep it"), row.id)
        question = talk._("Delete this ballot? Nobody has seen it yet.")
        ask_first(talk, question, presses.DELETE.button(talk._("🗑 Delete it"), row.id), stay)

    async def delete(self, talk: Talk, ballot_id: BallotId) -> None:
        row = await ballots.find(talk.session, ballot_id)
        campaign_id = row.campaign_id
        await ballots.remove(talk.session, ballot_id, talk.person.id, talk.now)
        back = [[RUN_SHOW.button(talk._("◀ Back"), campaign_id)]]
        talk.edit(talk._("The ballot is deleted."), back)

    async def bring(self, talk: Talk, campaign_id: CampaignId) -> None:
        await campaigns.find(talk.session, campaign_id)
        await forms.begin(talk, self._result, ResultFile(campaign_id))

    async def _brought(self, talk: Talk, draft: ResultFile) -> None:
        content = talk.fetched
        assert isinstance(content, bytes)
        due = talk.context.settings.quiet_hours.until(talk.now) or talk.now
        try:
            row, found = await publishing.publish(talk.session, content, talk.person.id, talk.now, due)
        except BadResult as refusal:
            fault = words.fault(talk.view, refusal.fault)
            talk.say(
                Markup(talk._("Nothing was published: {fault}")).format(fault=fault),
                [[presses.BRING_RESULT.button(talk._("📥 Send the result file"), draft.campaign)]],
            )
            return
        talk.say(words.result(talk.view, found), self._buttons(talk, row))


async def voted_now(talk: Talk, row: Ballot) -> int | None:
    """How many papers are voted on, while it is open."""
    return await papers.turnout(talk.session, row.id) if row.state is State.OPEN else None


async def _staff(talk: Talk) -> list[PersonId]:
    """Who runs ballots, and who observes them."""
    staff, session = talk.context.staff, talk.session
    running = await staff.who_may(session, Right.RUN_CAMPAIGNS, talk.now)
    return sorted({*running, *await staff.who_may(session, Right.OBSERVE_BALLOTS, talk.now)})


async def send_box(talk: Talk, ballot_id: BallotId) -> None:
    """The closed box as a file."""
    row = await ballots.find(talk.session, ballot_id)
    content = await ballots.file_of(talk.session, ballot_id) if row.state is State.CLOSED else None
    if content is None:
        raise BallotMovedOn
    talk.document(box_name(row), content, words.box_caption(talk.view, row))


def box_name(row: Ballot) -> str:
    return f"ballot-{row.id}-box.json"


async def section(talk: Talk, campaign: Campaign) -> Section:
    """On the coordinators' page of a campaign."""
    found = await ballots.of_campaign(talk.session, campaign.id)
    phases = await campaigns.phases_of(talk.session, campaign.id)
    lines = [Markup("🗳 {} · {}").format(row.as_said.question, talk._(words.STATES[row.state])) for row in found]
    rows = [[presses.RUN.button(f"🗳 {row.as_said.question[:40]}", row.id)] for row in found]
    order = list(Phase)
    is_ahead = campaign.phase is None or order.index(campaign.phase) <= order.index(Phase.VOTE)
    if Phase.VOTE in phases and is_ahead and campaign.state is not CampaignState.ENDED:
        rows.append([presses.NEW.button(talk._("➕ Prepare a ballot"), campaign.id)])
    return Section(lines, rows)
