"""A survey as its coordinators see it: what it asks, how far it is, and what can be done with it now."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.campaigns import presses as campaign_presses
from handlers.campaigns.parts import Section
from handlers.campaigns.surveys import presses, words
from handlers.chat.breakdowns import Breakdown
from handlers.chat.figures import shown
from handlers.chat.press import Button, Page
from handlers.chat.talk import Talk
from handlers.i18n.formatting import listed
from storage.campaigns.campaigns import Campaign
from storage.campaigns.ids import CampaignId
from storage.campaigns.surveys import parts, questions, results, surveys
from storage.campaigns.surveys.questions import SurveyQuestion
from storage.campaigns.surveys.surveys import State, Survey
from storage.phases import State as CampaignState

_IN_A_ROW = 5


async def section(talk: Talk, campaign: Campaign) -> Section:
    """The surveys of a campaign, on its coordinators' page."""
    rows = await surveys.of_campaign(talk.session, campaign.id)
    buttons = [
        [presses.SHOW.button(f"📋 {words.title(talk.view, row)} · {talk._(words.STATES[row.state])}", row.id)]
        for row in rows
    ]
    if campaign.state is CampaignState.RUNNING:
        buttons.append([presses.NEW.button(talk._("➕ New survey"), campaign.id)])
    return Section((), buttons)


async def page(talk: Talk, row: Survey, breakdowns: Sequence[Breakdown]) -> Page:
    """The survey, with what can be done with it."""
    asked = await questions.of_survey(talk.session, row.id)
    chosen = {part.breakdown for part in await parts.of_survey(talk.session, row.id)}
    until = talk._("Was open until {moment}") if row.state is State.CLOSED else talk._("Open until {moment}")
    closes = until.format(moment=talk.view.end(row.closes_at))
    lines = [
        Markup("{} · {}").format(words.heading(talk.view, row), talk._(words.STATES[row.state])),
        Markup.escape(closes),
        *await _turnout_lines(talk, row),
        Markup(""),
        *(_line(talk, question) for question in asked),
    ]
    if not asked:
        lines.append(Markup.escape(talk._("No question yet. Add them one by one, or send a file.")))
    names = [talk._(one.label) for one in breakdowns if one.name in chosen]
    if names:
        lines += [Markup(""), Markup("📊 {}").format(listed(names, talk.language))]
    buttons = _buttons(talk, row, asked, breakdowns, chosen)
    return Markup("\n").join(lines), [*buttons, back(talk, row.campaign_id)]


def back(talk: Talk, campaign_id: CampaignId) -> list[Button]:
    """To the campaign."""
    return [campaign_presses.RUN_SHOW.button(talk._("◀ Back"), campaign_id)]


def _line(talk: Talk, question: SurveyQuestion) -> Markup:
    wording = question.wording
    kind = talk._(words.KINDS[wording.kind])
    return Markup("{}. {} <i>{}</i>").format(question.position, words.question_text(talk.view, wording), kind)


async def _turnout_lines(talk: Talk, row: Survey) -> list[Markup]:
    """Before the close nobody sees more of the answers than this."""
    if row.state is State.CLOSED:
        result = await results.of_survey(talk.session, row.id)
        said = talk._("Answered: {n} of {total} people, rounded").format(
            n=shown(talk, result.answered), total=shown(talk, result.roll)
        )
        return [Markup.escape(said)]
    if row.state is not State.OPEN:
        return []
    turnout = await results.turnout_so_far(talk.session, row.id)
    if turnout is None:
        return [Markup.escape(talk._("Too few answers so far to show the turnout."))]
    return [Markup.escape(talk._("Turnout so far: {n}%").format(n=turnout))]


def _buttons(
    talk: Talk,
    row: Survey,
    asked: Sequence[SurveyQuestion],
    breakdowns: Sequence[Breakdown],
    chosen: set[str],
) -> list[list[Button]]:
    if row.state is State.PREPARED:
        return _while_prepared(talk, row, asked, breakdowns, chosen)
    if row.state is State.OPEN:
        return [[presses.ASK_TO_CLOSE.button(talk._("⏹ Close it now …"), row.id)]]
    if row.state is not State.CLOSED:
        return [[presses.SHOW.button(talk._("🔄 Refresh"), row.id)]]
    files = [presses.CSV.button(talk._("📄 As CSV"), row.id), presses.PDF.button(talk._("📄 As PDF"), row.id)]
    rows = [[presses.RESULT.button(talk._("📊 See the result"), row.id, 1, "")], files]
    if row.published_at is None:
        rows.append([presses.ASK_TO_PUBLISH.button(talk._("📢 Publish it …"), row.id)])
    return rows


def _while_prepared(
    talk: Talk,
    row: Survey,
    asked: Sequence[SurveyQuestion],
    breakdowns: Sequence[Breakdown],
    chosen: set[str],
) -> list[list[Button]]:
    numbers = [presses.QUESTION.button(f"✎ {question.position}", question.id) for question in asked]
    rows = [numbers[at : at + _IN_A_ROW] for at in range(0, len(numbers), _IN_A_ROW)]
    if len(asked) < questions.MOST:
        rows.append([presses.ADD.button(talk._("➕ Add a question"), row.id)])
    rows.append([presses.FROM_FILE.button(talk._("📎 From a file"), row.id)])
    possible = [one for one in breakdowns if one.name in chosen or one.parts(talk.context.settings)]
    marks = {one.name: "✅" if one.name in chosen else "▫️" for one in possible}
    rows += [
        [presses.BREAK_DOWN.button(f"{marks[one.name]} {talk._(one.label)}", row.id, one.name) for one in possible],
        [presses.CHANGE.button(talk._("✎ Title, closing time"), row.id)],
    ]
    if asked:
        rows.append([presses.ASK_TO_OPEN.button(talk._("▶ Open it …"), row.id)])
    rows.append([presses.ASK_TO_DELETE.button(talk._("🗑 Delete …"), row.id)])
    return rows
