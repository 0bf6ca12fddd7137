"""What people are told about contests."""

from __future__ import annotations

from datetime import datetime

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.broadcasts import presses as broadcasts_presses
from handlers.chat.press import Page
from handlers.chat.readers import RECIPIENT, holding
from handlers.chat.routes import Routes
from handlers.chat.view import View
from handlers.contests import presses, words
from handlers.contests.words import ON_PHASES
from handlers.i18n.translations import number
from storage.contests import contests, judges
from storage.contests.contests import Contest, Phase
from storage.contests.notices import (
    ContestMoved,
    ContestOverdue,
    EntryPlaced,
    EntryRefused,
    EntryShown,
    EntryTakenDown,
    JudgeNamed,
    JudgingBegins,
    RulesAnew,
    VotesBurst,
)
from storage.people.access import Right
from storage.people.topics import Topic
from storage.phases import State
from storage.telegram_ids import PersonId


def register(routes: Routes) -> None:
    routes.notice_about(ContestMoved, moved_words, _started, reader=RECIPIENT)
    routes.notice_about(
        ContestOverdue, ON_PHASES.overdue_words, ON_PHASES.read_overdue, reader=holding(Right.RUN_CONTESTS)
    )
    routes.notice_about(VotesBurst, burst_words, _contest_of_burst, reader=holding(Right.RUN_CONTESTS))
    routes.notice_about(JudgeNamed, named_words, _contest, reader=_is_judge)
    routes.notice_about(JudgingBegins, judging_words, _judging, reader=_is_judge)
    routes.notice_about(RulesAnew, rules_words, _open_to_consent, reader=RECIPIENT)
    routes.notice(EntryShown, shown_words, reader=RECIPIENT)
    routes.notice(EntryRefused, refused_words, reader=RECIPIENT)
    routes.notice(EntryTakenDown, taken_down_words, reader=RECIPIENT)
    routes.notice(EntryPlaced, placed_words, reader=RECIPIENT)


async def _is_judge(
    session: AsyncSession, _view: View, person_id: PersonId, notice: JudgeNamed | JudgingBegins
) -> bool:
    """They may have been dismissed since."""
    return await judges.find(session, notice.subject, person_id) is not None


async def _contest(session: AsyncSession, notice: JudgeNamed, _now: datetime) -> Contest | None:
    return await contests.find(session, notice.subject)


async def _contest_of_burst(session: AsyncSession, notice: VotesBurst, _now: datetime) -> Contest | None:
    return await contests.find(session, notice.subject)


async def _started(session: AsyncSession, notice: ContestMoved, _now: datetime) -> Contest | None:
    row = await contests.find(session, notice.subject)
    return None if row.state is State.PREPARED else row


async def _judging(session: AsyncSession, notice: JudgingBegins, _now: datetime) -> Contest | None:
    row = await contests.find(session, notice.subject)
    return row if row.phase is Phase.JUDGING and row.state is State.RUNNING else None


def moved_words(view: View, notice: ContestMoved, row: Contest) -> Page:
    """What has begun, in one sentence; and a button that leads there."""
    assert row.phase is not None
    said = view._(words.SENTENCES[row.phase])
    if row.state is State.ENDED:
        said = view._("This contest is over. Thank you for taking part.")
    elif row.phase is Phase.VOTE:
        said = f"{said}\n👥 {view._(words.VOTERS[contests.settings_of(row).voters])}"
    muting = view._("🔕 Mute {topic}").format(topic=view._("🏀 Activities"))
    return Markup("{}\n\n{}").format(words.heading(row), said), [
        [presses.SHOW.button(view._("🏆 Open"), notice.subject)],
        [broadcasts_presses.MUTE.button(muting, Topic.ACTIVITIES)],
    ]


def burst_words(view: View, notice: VotesBurst, row: Contest) -> Page:
    """Numbers alone: what to do about it is for people to decide."""
    said = view._(
        "Unusually many votes: “{title}” got about {n} in the hour from {moment}, about {by_link} of them through its "
        "shared link and about {by_new} from accounts less than 30 days old here. No vote was removed."
    ).format(
        title=notice.title,
        n=number(notice.votes, view.language),
        by_link=number(notice.by_link, view.language),
        by_new=number(notice.by_new, view.language),
        moment=view.moment(notice.hour),
    )
    return Markup("{}\n\n⚠️ {}").format(words.heading(row), said), [
        [presses.RUN_SHOW.button(view._("🏆 Open"), notice.subject)]
    ]


def named_words(view: View, notice: JudgeNamed, row: Contest) -> Page:
    said = view._(
        "You have been named a judge. I'll let you know when judging begins. You won't see whose entry is whose."
    )
    return Markup("{}\n\n⚖️ {}").format(words.heading(row), said), [
        [presses.SHOW.button(view._("🏆 Open"), notice.subject)]
    ]


async def _open_to_consent(session: AsyncSession, notice: RulesAnew, _now: datetime) -> Contest | None:
    row = await contests.find(session, notice.subject)
    return row if row.phase in (Phase.ENTRY, Phase.CHECK) and row.state is State.RUNNING else None


def rules_words(view: View, notice: RulesAnew, row: Contest) -> Page:
    said = view._("The rules have changed. Your entry takes part once you agree to the new ones.")
    return Markup("📜 <b>{}</b>\n\n{}").format(said, words.consent(view, row)), [
        [presses.AGREE_AGAIN.button(view._("✅ I agree to the new rules"), notice.subject, row.rules_version)],
        [presses.SHOW.button(view._("🏆 Open"), notice.subject)],
    ]


def judging_words(view: View, notice: JudgingBegins, row: Contest) -> Page:
    said = view._("Judging has begun: entries are waiting for your scores.")
    return Markup("{}\n\n⚖️ {}").format(words.heading(row), said), [
        [presses.JUDGE.button(view._("⚖️ To the entries"), notice.subject, 0)]
    ]


def shown_words(view: View, notice: EntryShown) -> Page:
    said = Markup(view._("“{title}” takes part. Good luck!")).format(title=notice.title)
    return said, [[presses.MINE.button(view._("Show it"), notice.entry_id)]]


def refused_words(view: View, notice: EntryRefused) -> Page:
    said = Markup(
        view._("“{title}” was not accepted: {reason}\nYou can change it until entries close; it is then checked again.")
    ).format(title=notice.title, reason=notice.reason)
    return said, [[presses.MINE.button(view._("Show it"), notice.entry_id)]]


def taken_down_words(view: View, notice: EntryTakenDown) -> Page:
    said = Markup(view._("“{title}” was taken down: {reason}"))
    return said.format(title=notice.title, reason=notice.reason), []


def placed_words(view: View, notice: EntryPlaced) -> Page:
    said = Markup(view._("“{title}” took place {n}. Congratulations!")).format(title=notice.title, n=notice.place)
    return Markup("{} {}").format(words.medal(notice.place), said), [
        [presses.CERTIFICATE.button(view._("🎓 Certificate"), notice.entry_id)]
    ]
