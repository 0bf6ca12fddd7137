"""Taking part: agreeing to the rules, entering, changing and withdrawing an entry."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from handlers.chat.confirming import ask_first
from handlers.chat.press import Page
from handlers.chat.replies import Outgoing
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.contests import presses, riders, showing, words
from handlers.contests.entry_form import EntryDraft
from handlers.contests.inputs import Sent
from handlers.forms import forms
from handlers.forms.questionnaires import Form, questionnaire
from handlers.i18n.translations import N_
from storage.contests import certificates, contests, editing, entries, entry_changes, joining, teams
from storage.contests.contests import Contest, Phase
from storage.contests.entries import Content, Entry, Kind, RulesChanged
from storage.contests.entry_changes import Offered
from storage.contests.ids import ContestId, EntryId


def register(routes: Routes) -> None:
    routes.press(presses.ENTER, enter, writes=False)
    routes.press(presses.AGREE, agree)
    routes.press(presses.AGREE_AGAIN, agree_again)
    routes.press(presses.MINE, mine, writes=False)
    routes.press(presses.CHANGE, change)
    routes.press(presses.ASK_TO_WITHDRAW, ask_to_withdraw, writes=False)
    routes.press(presses.WITHDRAW, withdraw)
    routes.form(_FORM)


async def enter(talk: Talk, contest_id: ContestId) -> None:
    """The rules, to be agreed to before anything is asked."""
    row = await contests.find_started(talk.session, contest_id)
    await entry_changes.require_may_enter(talk.session, row, talk.person.id, talk.now)
    yes = presses.AGREE.button(talk._("✅ I agree, go on"), row.id, row.rules_version)
    text = words.consent(talk.view, row)
    talk.edit(text, [[yes], [presses.SHOW.button(talk._("No, thank you"), row.id)]])


async def agree_again(talk: Talk, contest_id: ContestId, version: int) -> None:
    """To rules that are others than those under which somebody entered."""
    row = await editing.agree_again(talk.session, contest_id, talk.person.id, version, talk.now)
    talk.answer_callback(talk._("Thank you. Your entry will be checked again."))
    talk.edit(*await riders.page(talk, row))


async def agree(talk: Talk, contest_id: ContestId, version: int) -> None:
    row = await contests.find_started(talk.session, contest_id)
    if version != row.rules_version:
        raise RulesChanged
    await entry_changes.require_may_enter(talk.session, row, talk.person.id, talk.now)
    talk.remove_buttons()
    await forms.begin(talk, _FORM, await _begun(talk, row, EntryId(0)))


async def _begun(talk: Talk, row: Contest, entry_id: EntryId) -> EntryDraft:
    team = await teams.of_person(talk.session, row.id, talk.person.id)
    mates = [] if team is None else await teams.members(talk.session, team.id)
    return EntryDraft(
        team="" if team is None else teams.content_of(talk.session, team).name,
        is_captain=bool(mates) and mates[0].person_id == talk.person.id,
        members=tuple(teams.name_of(talk.session, one) for one in mates),
        contest=row.id,
        entry=entry_id,
        rules_version=row.rules_version,
        categories=contests.settings_of(row).categories,
        is_blind=Phase.JUDGING in await contests.phases_of(talk.session, row.id),
        by_team=contests.settings_of(row).by_team,
    )


async def _done(talk: Talk, draft: EntryDraft) -> None:
    assert draft.sent is not None
    contest = await contests.find(talk.session, draft.contest)
    if draft.rules_version != contest.rules_version:
        await _read_anew(talk, contest, draft)
        return
    if draft.entry:
        await editing.agree_again(talk.session, contest.id, talk.person.id, draft.rules_version, talk.now)
    content = Content(
        draft.sent.kind,
        draft.title,
        draft.sent.text or draft.words,
        draft.by,
        draft.sent.file_id,
        draft.sent.file_name,
    )
    if draft.is_captain and draft.by not in ("", draft.team):
        await joining.rename(talk.session, draft.contest, talk.person.id, draft.by, talk.now)
    if draft.entry:
        row = await entry_changes.change(talk.session, draft.entry, talk.person.id, content, talk.now)
    else:
        category = draft.categories.index(draft.category) if draft.category in draft.categories else 0
        offered = Offered(category, content, draft.rules_version, draft.own_name)
        row = await entry_changes.enter(talk.session, draft.contest, talk.person.id, offered, talk.now)
    text, buttons = await riders.page(talk, await contests.find(talk.session, row.contest_id))
    received = talk._("Your entry is in. A coordinator will check it, and I'll let you know.")
    talk.say(Markup("✅ <b>{}</b>\n\n{}").format(received, text), buttons)


async def _read_anew(talk: Talk, contest: Contest, draft: EntryDraft) -> None:
    """The rules have changed since the form was begun: they are shown, and whoever then sends it agrees to them."""
    said = talk._("The rules have changed since you began. Nothing has been sent yet, and your answers are kept.")
    how = talk._("Please read the rules. If you agree to them, send it in below.")
    talk.say(Markup("⚠️ <b>{}</b>\n{}").format(said, how))
    talk.say(words.consent(talk.view, contest))
    await forms.begin_review(talk, _FORM, replace(draft, rules_version=contest.rules_version))


async def _over(talk: Talk, draft: EntryDraft) -> str:
    """Said at the next step, and not only once everything has been filled in."""
    return await words.over(talk, draft.contest)


_FORM: Form[EntryDraft] = Form(
    "contest_entry",
    N_("Entry"),
    questionnaire(EntryDraft),
    _done,
    send_label=N_("📨 Send it in"),
    command="contests",
    over=_over,
)


async def mine(talk: Talk, entry_id: EntryId) -> None:
    """One's own entry, as a message of its own, and what can be done with it."""
    row = await entries.find_for_entrant(talk.session, entry_id, talk.person.id)
    contest = await contests.find(talk.session, row.contest_id)
    text, buttons = await _page(talk, row, contest)
    showing.send(talk, entries.content_of(talk.session, row), text, buttons)


async def _page(talk: Talk, row: Entry, contest: Contest) -> Page:
    category = contests.settings_of(contest).categories[row.category]
    text = showing.about(entries.content_of(talk.session, row), category)
    text += Markup("\n\n{}").format(words.entry_state(talk.view, row))
    rows = []
    is_own = row.person_id == talk.person.id
    if contest.phase is Phase.ENTRY and is_own:
        rows.append([presses.CHANGE.button(talk._("✎ Change it"), row.id)])
    if certificates.secret_of(talk.session, row) and contest.phase is Phase.RESULT:
        rows.append([presses.CERTIFICATE.button(talk._("🎓 Certificate"), row.id)])
    if is_own:
        rows.append([presses.ASK_TO_WITHDRAW.button(talk._("🗑 Withdraw it …"), row.id)])
    return text, [*rows, [presses.SHOW.button(talk._("◀ {title}").format(title=contest.title[:40]), contest.id)]]


async def change(talk: Talk, entry_id: EntryId) -> None:
    """All answers at once, each to be changed."""
    row = await entries.find_own(talk.session, entry_id, talk.person.id)
    contest = await contests.find(talk.session, row.contest_id)
    await contests.require_phase(talk.session, contest, Phase.ENTRY, talk.now)
    content = entries.content_of(talk.session, row)
    is_text = content.kind is Kind.TEXT
    category = contests.settings_of(contest).categories[row.category]
    draft = replace(
        await _begun(talk, contest, entry_id),
        rules_version=row.rules_version,
        category=category,
        sent=Sent(content.kind, content.file_id, content.file_name, content.words if is_text else ""),
        title=content.title,
        words="" if is_text else content.words,
        by=content.by,
    )
    await forms.begin_review(talk, _FORM, draft)


async def ask_to_withdraw(talk: Talk, entry_id: EntryId) -> None:
    row = await entries.find_own(talk.session, entry_id, talk.person.id)
    asks = talk._("Withdraw “{title}”? It will no longer be shown, and votes for it won't count.")
    go = presses.WITHDRAW.button(talk._("🗑 Withdraw it"), row.id)
    keep = presses.MINE.button(talk._("Leave it in"), row.id)
    ask_first(talk, asks.format(title=entries.title_of(talk.session, row)), go, keep)


async def withdraw(talk: Talk, entry_id: EntryId) -> None:
    row = await entry_changes.withdraw(talk.session, entry_id, talk.person.id)
    contest = await contests.find(talk.session, row.contest_id)
    take_down(talk, contest, row)
    talk.edit(talk._("Withdrawn."), [[presses.SHOW.button(f"🏆 {contest.title[:40]}", contest.id)]])


def take_down(talk: Talk, contest: Contest, row: Entry) -> None:
    """Removes the entry's post from the contest's channel."""
    if contest.channel and row.post is not None:
        params = {"chat_id": contest.channel, "message_id": row.post}
        talk.outgoing.append(Outgoing("deleteMessage", params, minor=True))
        row.post = None
