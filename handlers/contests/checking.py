"""Coordinators look at entries one by one, and accept or refuse them; accepted ones are posted in the channel."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from handlers.chat.incoming import Json
from handlers.chat.press import Buttons
from handlers.chat.replies import Outgoing
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.contests import presses, showing
from handlers.contests.entering import take_down
from handlers.contests.inputs import ChannelInput
from handlers.contests.looking import viewer_of
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.translations import N_
from handlers.inputs.reason import reason_question
from storage import audit
from storage.contests import contests, entries, entry_checks, looking
from storage.contests.audited import ContestAction
from storage.contests.contests import Contest
from storage.contests.entries import CheckedAlready, Entry, EntryState
from storage.contests.ids import ContestId, EntryId
from storage.contests.notices import EntryRefused, EntryShown, EntryTakenDown
from storage.database import Database
from storage.people.access import Right
from storage.telegram_ids import ChatId, MessageId, PersonId

_RIGHT = Right.RUN_CONTESTS


def register(routes: Routes) -> None:
    routes.press(presses.CHECK, check, right=_RIGHT, writes=False)
    routes.press(presses.ACCEPT, accept, right=_RIGHT)
    routes.press(presses.REFUSE, refuse, right=_RIGHT)
    routes.press(presses.CHANNEL, channel, right=_RIGHT)
    routes.press(presses.STOP_POSTING, stop_posting, right=_RIGHT)
    routes.press(presses.TAKE_DOWN, ask_to_remove, right=_RIGHT)
    routes.form(_REFUSAL)
    routes.form(_REMOVAL)
    routes.form(_CHANNEL)


async def check(talk: Talk, contest_id: ContestId) -> None:
    """The one that has waited longest, as it will be shown."""
    await _show_next(talk, await contests.find(talk.session, contest_id))


async def _show_next(talk: Talk, contest: Contest) -> None:
    row = await entry_checks.next_to_check(talk.session, contest.id, talk.person.id, await _checkers(talk))
    if row is None:
        back = presses.RUN_SHOW.button(f"🏆 {contest.title[:40]}", contest.id)
        said = talk._("✅ All entries are checked.")
        if await entry_checks.waiting(talk.session, contest.id):
            said = talk._("Only your own entries, or your team's, are left: another coordinator has to check them.")
        talk.say(said, [[back]])
        return
    content = entries.content_of(talk.session, row)
    text = showing.about(content, contests.settings_of(contest).categories[row.category])
    text += Markup("\n\n{}").format(talk._("Sent in {moment}").format(moment=talk.view.moment(row.sent_at)))
    showing.send(talk, content, text, _buttons(talk, row))


async def _checkers(talk: Talk) -> list[PersonId]:
    return await talk.context.staff.who_may(talk.session, _RIGHT, talk.now)


def _buttons(talk: Talk, row: Entry) -> Buttons:
    return [
        [presses.ACCEPT.button(talk._("✅ Accept it"), row.id, row.revision)],
        [presses.REFUSE.button(talk._("❌ Don't accept it …"), row.id, row.revision)],
    ]


async def accept(talk: Talk, entry_id: EntryId, revision: int) -> None:
    await _require_may_check(talk, entry_id)
    row = await entry_checks.decide(talk.session, entry_id, revision, reason=None)
    contest = await contests.find(talk.session, row.contest_id)
    await _note(talk, row, ContestAction.ENTRY_SHOWN)
    if row.person_id is not None:
        talk.notify(row.person_id, EntryShown(row.id, entries.title_of(talk.session, row)))
    talk.remove_buttons()
    _post(talk, contest, row)
    await _show_next(talk, contest)


async def _require_may_check(talk: Talk, entry_id: EntryId) -> None:
    await entry_checks.require_may_check(talk.session, entry_id, talk.person.id, await _checkers(talk))


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an entry, as it was seen, is not accepted."""

    id: EntryId
    revision: int
    reason: str = asked(reason_question(N_("Why isn't it accepted? The entrant will read this."), 2, 300))


async def refuse(talk: Talk, entry_id: EntryId, revision: int) -> None:
    row = await entries.find(talk.session, entry_id)
    if row.state is not EntryState.WAITING or row.revision != revision:
        raise CheckedAlready
    await _require_may_check(talk, entry_id)
    await forms.begin(talk, _REFUSAL, Refusal(entry_id, revision))


async def _refused(talk: Talk, draft: Refusal) -> None:
    await _require_may_check(talk, draft.id)
    row = await entry_checks.decide(talk.session, draft.id, draft.revision, reason=draft.reason)
    contest = await contests.find(talk.session, row.contest_id)
    await _note(talk, row, ContestAction.ENTRY_REFUSED)
    take_down(talk, contest, row)
    if row.person_id is not None:
        talk.notify(row.person_id, EntryRefused(row.id, entries.title_of(talk.session, row), draft.reason))
    await _show_next(talk, contest)


_REFUSAL = one_question("contest_refusal", Refusal, _refused, _RIGHT)


@dataclass(frozen=True, slots=True)
class Removal:
    """Why an entry that is shown has to go."""

    id: EntryId
    reason: str = asked(reason_question(N_("Why are you taking it down? The entrant will read this."), 2, 300))


async def ask_to_remove(talk: Talk, entry_id: EntryId) -> None:
    """An entry that is shown breaks the rules, as somebody noticed later. What is asked for is the reason."""
    await looking.find(talk.session, entry_id, viewer_of(talk))
    await forms.begin(talk, _REMOVAL, Removal(entry_id))


async def _removed(talk: Talk, draft: Removal) -> None:
    row = await entry_checks.take_down(talk.session, draft.id, draft.reason)
    contest = await contests.find(talk.session, row.contest_id)
    await _note(talk, row, ContestAction.ENTRY_TAKEN_DOWN)
    take_down(talk, contest, row)
    if row.person_id is not None:
        talk.notify(row.person_id, EntryTakenDown(entries.title_of(talk.session, row), draft.reason))
    talk.say(talk._("Taken down."), [[presses.RUN_SHOW.button(f"🏆 {contest.title[:40]}", contest.id)]])


_REMOVAL = one_question("contest_removal", Removal, _removed, _RIGHT)


async def _note(talk: Talk, row: Entry, action: ContestAction) -> None:
    about = f"contest {row.contest_id}: entry {row.id}"
    await audit.note(talk.session, talk.person.id, action, talk.now, row.person_id, about)


def _post(talk: Talk, contest: Contest, row: Entry) -> None:
    """In the contest's channel, so that the entry outlives a change of the bot's token."""
    if not contest.channel:
        return
    take_down(talk, contest, row)
    content = entries.content_of(talk.session, row)
    category = contests.settings_of(contest).categories[row.category]
    text = showing.post_text(talk.context, content, category, row.id)
    method, params = showing.params_of(content, text)
    after = partial(_remember, talk.context.database, row.id)
    talk.outgoing.append(Outgoing(method, {"chat_id": contest.channel, **params}, after=after))


async def _remember(database: Database, entry_id: EntryId, sent: Json) -> None:
    async with database.writing() as session:
        await entries.remember_post(session, entry_id, MessageId(sent["message_id"]))


@dataclass(frozen=True, slots=True)
class Channel:
    """Where entries are posted."""

    id: ContestId
    channel: ChatId = asked(
        Question(
            N_("Channel"),
            N_(
                "Which channel should accepted entries be posted in? Make me an admin there first, then forward "
                "me a message from it, or write its number (-100…)."
            ),
            ChannelInput(),
        )
    )


async def channel(talk: Talk, contest_id: ContestId) -> None:
    row = await contests.find(talk.session, contest_id)
    if row.channel:
        stop = presses.STOP_POSTING.button(talk._("⏹ Post no more entries"), row.id)
        said = talk._("📢 Entries are posted in {channel}").format(channel=row.channel)
        talk.edit(Markup.escape(said), [[stop], [presses.RUN_SHOW.button(talk._("◀ Back"), row.id)]])
        return
    await forms.begin(talk, _CHANNEL, Channel(contest_id))


async def _named(talk: Talk, draft: Channel) -> None:
    """The first post shows whether the bot may post there: if not, the coordinator is told so."""
    await _set(talk, draft.id, draft.channel)
    row = await contests.find(talk.session, draft.id)
    first = Markup("🏆 <b>{}</b>").format(row.title)
    talk.outgoing.append(
        Outgoing("sendMessage", {"chat_id": draft.channel, "text": first, "parse_mode": "HTML"}),
    )
    said = talk._("📢 Entries are posted in {channel}").format(channel=draft.channel)
    talk.say(Markup.escape(said), [[presses.RUN_SHOW.button(talk._("◀ Back"), row.id)]])


_CHANNEL = one_question("contest_channel", Channel, _named, _RIGHT)


async def stop_posting(talk: Talk, contest_id: ContestId) -> None:
    await _set(talk, contest_id, None)
    talk.edit(
        talk._("Entries are no longer posted. What is in the channel already stays there."),
        [[presses.RUN_SHOW.button(talk._("◀ Back"), contest_id)]],
    )


async def _set(talk: Talk, contest_id: ContestId, to: ChatId | None) -> None:
    await contests.set_channel(talk.session, contest_id, to)
    about = f"contest {contest_id}: {to or '-'}"
    await audit.note(talk.session, talk.person.id, ContestAction.CHANNEL_SET, talk.now, about=about)
