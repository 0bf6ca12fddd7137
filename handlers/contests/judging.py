"""Judging, blind: entries without their entrants, scores on buttons, notes, conflicts of interest."""

from __future__ import annotations

import io
import mimetypes
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from handlers.chat.confirming import confirming
from handlers.chat.incoming import Json
from handlers.chat.ports import NotFetched
from handlers.chat.press import Button, Buttons, InvalidCallback, Page
from handlers.chat.replies import File, Outgoing, buttons_markup
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.contests import presses, showing, words
from handlers.contests.inputs import MOST_NAMED_BYTES
from handlers.forms import forms
from handlers.forms.questionnaires import one_question
from handlers.forms.questions import Question, asked
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_, number
from handlers.inputs.text import ParagraphInput
from storage.contests import contests, entries, judging
from storage.contests.contests import Contest
from storage.contests.entries import Content, Entry, Kind
from storage.contests.ids import ContestId, EntryId
from storage.contests.judging import Assignment, NotAssigned
from storage.database import Database

PAGE = 10
_SCORES = re.compile(r"\d{1,2}(-\d{1,2})*")
_ENDINGS = {Kind.VIDEO: ".mp4", Kind.DOCUMENT: ""}


@dataclass(frozen=True, slots=True)
class Note:
    id: EntryId
    note: str = asked(
        Question(
            N_("Note"), N_("Write your note. Only you see it, and only while judging is open."), ParagraphInput(1, 800)
        )
    )


def register(routes: Routes) -> None:
    routes.press(presses.JUDGE, show_list, writes=False)
    routes.press(presses.JUDGE_NEXT, show_next, writes=False)
    routes.press(presses.JUDGE_ONE, show_one, writes=False)
    routes.press(presses.SCORE, score)
    routes.press(presses.NOTE, begin_note)
    routes.press(presses.ASK_FOR_CONFLICT, ask_for_conflict, writes=False)
    routes.press(presses.CONFLICT, conflict)
    routes.form(_NOTE)


async def show_list(talk: Talk, contest_id: ContestId, page: int) -> None:
    """All that this judge was given, scored or not."""
    contest = await contests.find_started(talk.session, contest_id)
    given = await judging.assigned_to(talk.session, contest_id, talk.person.id)
    if not given or page < 0:
        raise NotAssigned
    progress = await judging.progress(talk.session, contest_id, talk.person.id)
    said = talk._("⚖️ To judge: {n} of {total}").format(n=progress.assigned - progress.scored, total=progress.assigned)
    rules = talk._(
        "You see neither names nor votes. Score each entry; you can change your scores until judging "
        "ends. If you recognise an entry and are close to whoever made it, say so, and another judge "
        "will score it."
    )
    text = Markup("{}\n<b>{}</b>\n\n{}").format(words.heading(contest), said, rules)
    rows: list[Sequence[Button]] = []
    if progress.scored < progress.assigned:
        rows.append([presses.JUDGE_NEXT.button(talk._("▶ Next entry"), contest_id)])
    rows += [[await _line(talk, contest, row)] for row in given[page * PAGE : (page + 1) * PAGE]]
    turn = [presses.JUDGE.button("◀", contest_id, page - 1)] if page else []
    turn += [presses.JUDGE.button("▶", contest_id, page + 1)] if len(given) > (page + 1) * PAGE else []
    back = presses.SHOW.button(talk._("◀ {title}").format(title=contest.title[:40]), contest_id)
    talk.edit(text, [*rows, turn, [back]])


async def _line(talk: Talk, contest: Contest, row: Entry) -> Button:
    mine = await judging.find(talk.session, contest, row.id, talk.person.id)
    scores = judging.scores_of(mine)
    mean = f"✓ {number(round(sum(scores) / len(scores), 1), talk.language, 1)}" if scores else "▫️"
    return presses.JUDGE_ONE.button(f"{mean} {entries.title_of(talk.session, row)[:40]}", row.id)


async def show_next(talk: Talk, contest_id: ContestId) -> None:
    """The first entry that has no scores yet, as a message of its own."""
    contest = await contests.find_started(talk.session, contest_id)
    row = await judging.next_for(talk.session, contest_id, talk.person.id)
    if row is None:
        await show_list(talk, contest_id, 0)
        return
    await _send(talk, contest, row)


async def show_one(talk: Talk, entry_id: EntryId) -> None:
    contest, row, _mine = await _given(talk, entry_id)
    await _send(talk, contest, row)


async def _given(talk: Talk, entry_id: EntryId) -> tuple[Contest, Entry, Assignment]:
    """Raises NotAssigned: it is not this judge's."""
    row = await entries.find(talk.session, entry_id)
    contest = await contests.find(talk.session, row.contest_id)
    return contest, row, await judging.find(talk.session, contest, entry_id, talk.person.id)


async def _send(talk: Talk, contest: Contest, row: Entry) -> None:
    mine = await judging.find(talk.session, contest, row.id, talk.person.id)
    text, buttons = await _page(talk, contest, row, judging.scores_of(mine), ())
    content = entries.content_of(talk.session, row)
    if not content.file_name:
        showing.send(talk, content, text, buttons)
    elif content.neutral_id:
        talk.send(*showing.params_of(content, text, content.neutral_id), buttons)
    else:
        await _send_renamed(talk, row, content, text, buttons)


async def _send_renamed(talk: Talk, row: Entry, content: Content, text: str, buttons: Buttons) -> None:
    """A file that its entrant named goes to judges under a name of ours. Telegram's id of that copy is kept, so that it
    is made once."""
    file = io.BytesIO()
    try:
        await talk.context.ports.download_file(content.file_id, MOST_NAMED_BYTES, file)
    except NotFetched:
        talk.say(talk._("I can't get this file from Telegram right now. Please try again later."))
        return
    ending = _ENDINGS.get(content.kind) or mimetypes.guess_extension(mimetypes.guess_type(content.file_name)[0] or "")
    method, params = showing.params_of(content, text)
    del params[content.kind.value]
    params = {"chat_id": talk.chat_id, **params, "reply_markup": buttons_markup(buttons)}
    files = {content.kind.value: File(f"entry-{row.id}{ending or ''}", file.getvalue())}
    after = partial(_remember, talk.context.database, row.id, content)
    talk.outgoing.append(Outgoing(method, params, files=files, after=after))


async def _remember(database: Database, entry_id: EntryId, content: Content, sent: Json) -> None:
    file = sent.get(content.kind.value)
    if isinstance(file, dict):
        async with database.writing() as session:
            await entries.keep_neutral(session, entry_id, content.file_id, str(file["file_id"]))


async def _page(talk: Talk, contest: Contest, row: Entry, given: Sequence[int], fresh: Sequence[int]) -> Page:
    """An entry as judges see it. `given` are the scores that hold, `fresh` those that are being given."""
    content = entries.content_of(talk.session, row)
    text = showing.about(content, contests.settings_of(contest).categories[row.category], is_blind=True)
    criteria = [name or talk._("The whole entry") for name in judging.criteria_of(contest)]
    shown = fresh or given
    for name, points in zip(criteria, shown, strict=False):
        text += "\n⚖️ " + labelled(talk._, name, Markup("<b>{}</b>").format(points))
    mine = await judging.find(talk.session, contest, row.id, talk.person.id)
    note = judging.note_of(talk.session, mine)
    text += Markup("\n📝 {}").format(note) if note else ""
    if given and not fresh:
        return text, _scored_buttons(talk, contest, row)
    text += Markup("\n\n<b>{}</b>").format(
        talk._("{criterion}: how many points, from 1 to 10?").format(criterion=criteria[len(fresh)])
    )
    return text, [*_points(row, fresh), *_other_buttons(talk, contest, row)]


def _points(row: Entry, fresh: Sequence[int]) -> Buttons:
    before = "".join(f"{one}-" for one in fresh)
    keys = [presses.SCORE.button(str(one), row.id, f"{before}{one}") for one in range(judging.LEAST, judging.MOST + 1)]
    return [keys[:5], keys[5:]]


def _other_buttons(talk: Talk, contest: Contest, row: Entry) -> Buttons:
    return [
        [
            presses.NOTE.button(talk._("📝 Note"), row.id),
            presses.ASK_FOR_CONFLICT.button(talk._("🚫 Conflict …"), row.id),
        ],
        [presses.JUDGE.button(talk._("◀ All entries"), contest.id, 0)],
    ]


def _scored_buttons(talk: Talk, contest: Contest, row: Entry) -> Buttons:
    again = presses.SCORE.button(talk._("✎ Score again"), row.id, "")
    return [
        [presses.JUDGE_NEXT.button(talk._("▶ Next entry"), contest.id)],
        [again],
        *_other_buttons(talk, contest, row),
    ]


async def score(talk: Talk, entry_id: EntryId, points: str) -> None:
    """Criterion by criterion; with the last one the scores are kept."""
    if points and not _SCORES.fullmatch(points):
        raise InvalidCallback
    contest, row, mine = await _given(talk, entry_id)
    fresh = [int(one) for one in points.split("-") if one]
    if not all(judging.LEAST <= one <= judging.MOST for one in fresh):
        raise InvalidCallback
    given: Sequence[int] = ()
    if len(fresh) >= len(judging.criteria_of(contest)):
        await judging.score(talk.session, contest.id, entry_id, talk.person.id, fresh)
        given, fresh = judging.scores_of(mine), []
    showing.say_below(talk, *await _page(talk, contest, row, given, fresh))


async def begin_note(talk: Talk, entry_id: EntryId) -> None:
    await _given(talk, entry_id)
    await forms.begin(talk, _NOTE, Note(entry_id))


async def _noted(talk: Talk, draft: Note) -> None:
    contest, row, _ = await _given(talk, draft.id)
    await judging.write_note(talk.session, contest.id, draft.id, talk.person.id, draft.note)
    talk.say(
        talk._("📝 Noted."),
        [
            [presses.JUDGE_ONE.button(talk._("◀ {title}").format(title=entries.title_of(talk.session, row)), row.id)],
            [presses.JUDGE_NEXT.button(talk._("▶ Next entry"), contest.id)],
        ],
    )


_NOTE = one_question("contest_note", Note, _noted)


async def ask_for_conflict(talk: Talk, entry_id: EntryId) -> None:
    contest, row, _mine = await _given(talk, entry_id)
    asks = talk._(
        "Are you close to whoever made “{title}”? Another judge will then score it, and your own scores "
        "for it are removed."
    )
    title = entries.title_of(talk.session, row)
    go = presses.CONFLICT.button(talk._("🚫 Yes, give it to another judge"), row.id)
    stay = presses.JUDGE.button(talk._("No, I can judge it"), contest.id, 0)
    talk.say(Markup.escape(asks.format(title=title)), confirming(go, stay))


async def conflict(talk: Talk, entry_id: EntryId) -> None:
    contest, _row, _mine = await _given(talk, entry_id)
    await judging.declare_conflict(talk.session, contest.id, entry_id, talk.person.id)
    talk.edit(
        talk._("Thank you. Another judge will score this entry."),
        [[presses.JUDGE_NEXT.button(talk._("▶ Next entry"), contest.id)]],
    )
