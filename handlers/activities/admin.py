"""/activity: coordinators make activities, publish, change, copy, repeat and cancel them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.attendance import find_activity
from handlers.activities.form import (
    ActivityDraft,
    ActivityEdit,
    edit_of,
    editing,
    making,
    plan_of,
)
from handlers.activities.format import ActivityFacts
from handlers.broadcasts import presses as broadcasts_presses
from handlers.chat.press import Button, Buttons, Page
from handlers.chat.readers import RECIPIENT
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.forms import forms
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_
from handlers.inputs.link import host_of
from storage.activities import (
    activities,
    activity_reminders,
    attendance,
    changes,
    participants,
    planning,
    series,
    waiting_list,
)
from storage.activities.activities import Activity, ActivityState
from storage.activities.ids import ActivityId
from storage.activities.notices import ActivityChanged, StreamStarts
from storage.activities.participants import PlaceState
from storage.deliveries import queue as delivery_queue
from storage.deliveries.notices import SubjectNotice
from storage.people.access import Right

STATES: dict[ActivityState, str] = {
    ActivityState.DRAFT: N_("📝 Draft"),
    ActivityState.PUBLISHED: N_("✅ Published"),
    ActivityState.CANCELLED: N_("❌ Cancelled"),
}
CHANGED: dict[str, str] = {
    "starts_at": N_("starts"),
    "ends_at": N_("ends"),
    "place": N_("location"),
    "places": N_("places"),
    "guests": N_("guests"),
    "members_only": N_("members only"),
    "closes_at": N_("sign-up closes"),
    "draws_at": N_("draw"),
}
SHOWN_FOR = timedelta(days=1)
TOLD = (PlaceState.PLACED, PlaceState.OFFERED, PlaceState.WAITING, PlaceState.IN_DRAW)


def register(routes: Routes) -> None:
    right = Right.RUN_ACTIVITIES
    routes.command("activity", panel, about=N_("Run activities"), right=right, writes=False)
    routes.press(presses.PANEL_AGAIN, panel_again, right=right, writes=False)
    routes.press(presses.BEGIN, begin, right=right)
    routes.press(presses.SHOW, show, right=right, writes=False)
    routes.press(presses.PUBLISH, publish, right=right)
    routes.press(presses.EDIT, edit, right=right)
    routes.press(presses.COPY, copy, right=right)
    for form in (_NEW, _EDIT):
        routes.form(form)
    routes.notice_about(ActivityChanged, changed_words, about_change, reader=RECIPIENT)
    routes.notice_about(StreamStarts, stream_words, words.about, reader=RECIPIENT)


async def panel(talk: Talk) -> None:
    talk.say(*await _panel(talk))


async def panel_again(talk: Talk) -> None:
    talk.edit(*await _panel(talk))


async def _panel(talk: Talk) -> tuple[Markup, Buttons]:
    rows = (await activities.managed(talk.session, talk.now - SHOWN_FOR))[:20]
    figures = await attendance.figures(talk.session, [row.id for row in rows])
    zone = talk.context.settings.organisation.zone
    lines = [Markup("<b>{}</b>").format(talk._("Activities you run"))]
    for at, row in enumerate(rows, start=1):
        state = talk._(STATES[row.state]).split(" ")[0]
        entry = words.line(row, figures[row.id], None, talk.now, zone, talk.language)
        lines.append(Markup("\n{}. {} {}").format(at, state, entry))
    numbers = [presses.SHOW.button(f"{at}", row.id) for at, row in enumerate(rows, start=1)]
    grid = [numbers[at : at + 5] for at in range(0, len(numbers), 5)]
    return Markup("\n").join(lines), [*grid, [presses.BEGIN.button(talk._("➕ New activity"))]]


async def show(talk: Talk, activity_id: ActivityId) -> None:
    talk.edit(*await _shown(talk, await find_activity(talk, activity_id)))


async def _shown(talk: Talk, row: Activity) -> tuple[Markup, Buttons]:
    """The card, as its organiser sees it."""
    figures = (await attendance.figures(talk.session, [row.id]))[row.id]
    zone = talk.context.settings.organisation.zone
    lines = [
        Markup("<b>{}</b>").format(talk._(STATES[row.state])),
        words.card(row, figures, None, 0, None, talk.now, zone, talk.language),
    ]
    if figures.placed or figures.waiting or figures.offered or figures.came:
        said = talk._("With a place: {placed}. Waiting: {waiting}. Offered a place: {offered}. Came: {came}.").format(
            placed=figures.placed, waiting=figures.waiting, offered=figures.offered, came=figures.came
        )
        lines.append(Markup("\n{}").format(said))
    if figures.in_draw:
        lines.append(Markup("\n🎟 {}").format(talk._("Tickets in the draw: {n}").format(n=figures.in_draw)))
    if row.series_id is not None:
        lines.append(Markup("🔁 {}").format(talk._("This is part of a series; changes here apply to this one only.")))
    repeats = await series.belongs_to_one(talk.session, row)
    return Markup("\n").join(lines), _buttons(talk, row, repeats=repeats)


def _buttons(talk: Talk, row: Activity, *, repeats: bool) -> Buttons:
    number = row.id
    rows: list[list[Button]] = []
    if row.state == ActivityState.DRAFT:
        rows.append([presses.PUBLISH.button(talk._("✅ Publish"), number)])
    if row.state != ActivityState.CANCELLED and row.ends_at > talk.now:
        rows.append(
            [
                presses.EDIT.button(talk._("✎ Change"), number),
                presses.BEGIN_CANCEL.button(talk._("❌ Cancel it …"), number),
            ]
        )
        repeat_it = presses.REPEAT.button(talk._("🔁 Repeat"), number)
        end_it = presses.END_SERIES.button(talk._("⏹ End series"), number)
        rows.append([end_it if repeats else repeat_it, presses.SHOW_ROUNDS.button(talk._("🏆 Rounds"), number)])
    rows.append(
        [presses.COPY.button(talk._("📋 Copy"), number), presses.SHOW_PEOPLE.button(talk._("👥 People"), number)]
    )
    if row.state == ActivityState.PUBLISHED and row.draws_at is not None:
        rows.append([presses.DRAW.button(talk._("🎲 The draw"), number)])
    if row.state == ActivityState.PUBLISHED:
        rows.append(
            [
                presses.OPEN_DOOR.button(talk._("🚪 Check-in"), number),
                broadcasts_presses.WRITE_TO_ALL.button(talk._("📣 Message all"), number),
            ]
        )
    return [*rows, [presses.PANEL_AGAIN.button(talk._("◀ All activities"))]]


async def begin(talk: Talk) -> None:
    await forms.begin(talk, _NEW)


async def _made(talk: Talk, draft: ActivityDraft) -> None:
    row = await planning.create(talk.session, plan_of(draft), talk.person.id, talk.now)
    talk.say(*await _shown(talk, row))


async def _published(talk: Talk, draft: ActivityDraft) -> None:
    row = await planning.create(talk.session, plan_of(draft), talk.person.id, talk.now)
    await planning.publish(talk.session, row.id, talk.now)
    talk.say(*await _shown(talk, row))


async def publish(talk: Talk, activity_id: ActivityId) -> None:
    row = await planning.publish(talk.session, activity_id, talk.now)
    talk.edit(*await _shown(talk, row))


async def edit(talk: Talk, activity_id: ActivityId) -> None:
    row = await find_activity(talk, activity_id)
    await forms.begin_review(talk, _EDIT, edit_of(row))


async def _edited(talk: Talk, draft: ActivityEdit) -> None:
    """Who has signed up is told what changed, old and new, if it is time, place or rules."""
    change = await planning.change(talk.session, draft.id, plan_of(draft), talk.now)
    row = change.row
    if "starts_at" in change.changed or row.lead_times is not None:
        context = talk.context
        await activity_reminders.plan(
            talk.session, row, context.settings.lead_times, talk.now, context.settings.quiet_hours
        )
    await waiting_list.offer_free_places(talk.session, row.id, talk.now, talk.context.settings.quiet_hours)
    told = 0
    if change.changed:
        noted = await changes.note(talk.session, change)
        told = await tell_all(talk, row, ActivityChanged(noted))
    talk.say(*await _shown(talk, row))
    if told:
        talk.say(
            talk.plural("{n} person is told what changed.", "{n} people are told what changed.", told).format(n=told)
        )


async def tell_all(talk: Talk, row: Activity, notice: SubjectNotice[Any]) -> int:
    """Everybody who has a place, an offer or waits; returns how many."""
    everybody = participants.participant_ids(row.id, TOLD)
    return await delivery_queue.tell_all(talk.session, everybody, notice, talk.now)


async def copy(talk: Talk, activity_id: ActivityId) -> None:
    """The same again, a week later unless that is over too; on the page where all can be changed."""
    row = await find_activity(talk, activity_id)
    starts = row.starts_at
    while starts <= talk.now:
        starts += timedelta(days=7)
    moved = starts if starts != row.starts_at else starts + timedelta(days=7)
    draws = None if row.draws_at is None else row.draws_at + (moved - row.starts_at)
    if draws is not None and draws <= talk.now:
        draws = None
    await forms.begin_review(talk, _NEW, replace(edit_of(row), starts=moved, opens=None, closes=None, draws=draws))


_NEW = making(_made, _published)
_EDIT = editing(_edited)


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """An edit of an activity: by field, what it was and what it is."""

    activity: ActivityFacts
    changed: Mapping[str, Sequence[object]]


async def about_change(session: AsyncSession, notice: ActivityChanged, _now: datetime) -> ChangeFacts | None:
    """An edit and its activity, for the notice of it."""
    found = await changes.find(session, notice.subject)
    if found is None:
        return None
    row = await activities.find(session, found[0])
    return None if row is None else ChangeFacts(words.facts_of(row), found[1])


def changed_words(view: View, _notice: ActivityChanged, change: ChangeFacts) -> Page:
    """Old and new, side by side."""
    activity = change.activity
    lines = [Markup("✎ <b>{}</b> {}").format(activity.title, view._("has changed:"))]
    for name, (old, new) in change.changed.items():
        if name in CHANGED:
            before, after = _value(view, old), _value(view, new)
            change_words = Markup("<s>{}</s> → <b>{}</b>").format(before, after)
            lines.append(labelled(view._, view._(CHANGED[name]), change_words))
    rows = [
        [presses.OPEN_CARD.button(view._("View"), activity.id)],
        [presses.GIVE_BACK.button(view._("↩ Give up my place"), activity.id)],
    ]
    return Markup("\n").join(lines), rows


def _value(view: View, value: object) -> str:
    if isinstance(value, bool):
        return view._("Yes") if value else view._("No")
    if value is None:
        return "—"
    try:
        at = datetime.fromisoformat(str(value))
    except ValueError:
        return str(value)
    return view.moment(at) if at.tzinfo is not None else str(value)


def stream_words(view: View, _notice: StreamStarts, activity: ActivityFacts) -> Page:
    text = Markup("📺 <b>{}</b> {}").format(activity.title, view._("starts now."))
    watch = view._("▶ Watch")
    return text, [[Button(f"{watch} ↗ {host_of(activity.stream)}", url=activity.stream)]]
