"""A broadcast after it was written: the last word, approval, progress, pause, and the report."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from handlers.broadcasts import acts, presses
from handlers.broadcasts.shown import link_lines, show_as_sent
from handlers.chat.press import Buttons
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import translations
from handlers.i18n.few import count_words, plural_of, with_count
from handlers.i18n.translations import N_
from storage.broadcasts import broadcasts, corrections, tallies
from storage.broadcasts import reads as broadcast_reads
from storage.broadcasts.broadcasts import Broadcast, BroadcastState, NotNow
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.recipients import Audience
from storage.deliveries.retention import KEPT
from storage.deliveries.table import State
from storage.disclosure import MIN_CELL_SIZE, rounded, told_of_sum
from storage.people.access import Right

ASKS_TO_RECALL = N_("Delete this broadcast for everyone who received it? This works for 48 hours after it was sent.")
_BAR = 12
_COLUMNS = 30


def register(routes: Routes) -> None:
    routes.press(presses.SEND, send, right=Right.BROADCAST)
    routes.press(presses.APPROVE, approve, right=Right.BROADCAST)
    routes.press(presses.LOOK, look, right=Right.BROADCAST)
    routes.press(presses.PAUSE, pause, right=Right.BROADCAST)
    routes.press(presses.RESUME, resume, right=Right.BROADCAST)
    routes.press(presses.SHOW, show, right=Right.BROADCAST, writes=False)
    routes.press(presses.RETRY, retry, right=Right.BROADCAST)
    routes.press(presses.PICTURE, picture, right=Right.BROADCAST, writes=False)
    routes.press(presses.ASK_TO_RECALL, ask_to_recall, right=Right.BROADCAST, writes=False)
    routes.press(presses.RECALL, recall, right=Right.BROADCAST)


async def ask_to_send(talk: Talk, row: Broadcast) -> None:
    """Below the preview: to how many, and the button that sends."""
    counted = await acts.count(talk, row)
    reaches = talk.plural(
        "This is how it will arrive. It goes to {n} person.",
        "This is how it will arrive. It goes to {n} people.",
        plural_of(counted.reached),
    )
    lines = [Markup("<b>{}</b>").format(with_count(reaches, talk.language, counted.reached))]
    lines += [escape(line) for line in left_out_lines(talk, counted)]
    send_it = presses.SEND.button(send_label(talk, row, counted), row.id)
    talk.say(Markup("\n").join(lines), [[send_it], [presses.CANCEL.button(talk._("✖ Don't send"), row.id)]])


def left_out_lines(talk: Talk, counted: Audience) -> list[str]:
    """Whom it does not reach, and whether somebody has to approve it."""
    lines = []
    if max(counted.unreachable, counted.muted) >= MIN_CELL_SIZE:  # "fewer than five" twice tells nobody anything
        unreachable, muted = (count_words(talk.language, n) for n in (counted.unreachable, counted.muted))
        left_out = talk._("Unreachable: {unreachable}. Topic muted: {muted}.")
        lines.append(left_out.format(unreachable=unreachable, muted=muted))
    if acts.needs_approval(talk, counted):
        lines.append(talk._("A second coordinator has to approve it."))
    return lines


def reach_lines(talk: Talk, counted: Audience) -> list[str]:
    """To how many it goes, and the same, where it is not said below the message itself."""
    reaches = talk.plural("It goes to {n} person.", "It goes to {n} people.", plural_of(counted.reached))
    return [with_count(reaches, talk.language, counted.reached), *left_out_lines(talk, counted)]


def send_label(talk: Talk, row: Broadcast, counted: Audience) -> str:
    """What stands on the button that sends."""
    begins = acts.begins(talk, row)
    label = talk._("✔ Send to {n}") if begins <= talk.now else talk._("✔ Send to {n}, {when}")
    return with_count(label, talk.language, counted.reached, when=view_of(talk).moment(begins))


def view_of(talk: Talk) -> View:
    return View(talk.context, talk.language, talk.now)


async def send(talk: Talk, broadcast_id: BroadcastId) -> None:
    """The author's last word. The pressed message becomes the panel."""
    await show_row(talk, await acts.send(talk, broadcast_id, talk.pressed_message_id))


async def look(talk: Talk, broadcast_id: BroadcastId) -> None:
    """Shows somebody else's broadcast as it will arrive, with its buttons, and asks for approval."""
    row = await acts.found(talk, broadcast_id)
    content = broadcasts.content_of(talk.session, row)
    show_as_sent(talk, row.id, content, row.topic)
    text = Markup("{}\n{}").format(state_words(row, view_of(talk)), row.reason)
    talk.say(
        Markup("\n").join([text, *link_lines(talk, content)]),
        [
            [presses.APPROVE.button(talk._("✔ Approve"), row.id)],
            [presses.CANCEL.button(talk._("⏹ Stop …"), row.id)],
        ],
    )


async def approve(talk: Talk, broadcast_id: BroadcastId) -> None:
    await broadcasts.approve(talk.session, broadcast_id, talk.person.id, talk.now)
    talk.edit(talk._("Approved. It will be sent at the scheduled time."))


async def pause(talk: Talk, broadcast_id: BroadcastId) -> None:
    await show_row(talk, await broadcasts.move(talk.session, broadcast_id, "pause", talk.now))


async def resume(talk: Talk, broadcast_id: BroadcastId) -> None:
    await show_row(talk, await broadcasts.move(talk.session, broadcast_id, "resume", talk.now))


async def retry(talk: Talk, broadcast_id: BroadcastId) -> None:
    row = await acts.found(talk, broadcast_id)
    count = await broadcasts.retry_failed(talk.session, row, talk.now)
    talk.answer_callback(with_count(talk._("{n} will be retried."), talk.language, count))
    await show_row(talk, row)


async def picture(talk: Talk, broadcast_id: BroadcastId) -> None:
    """When it arrived, as columns."""
    row = await acts.found(talk, broadcast_id)
    if row.started_at is None or row.finished_at is None or row.total < MIN_CELL_SIZE:
        raise NotNow
    values = await tallies.timeline(talk.session, row.id, row.started_at, row.finished_at, _COLUMNS)
    zone = talk.context.settings.organisation.zone
    middle = row.started_at + (row.finished_at - row.started_at) / 2
    clocks = (f"{at.astimezone(zone):%H:%M:%S}" for at in (row.started_at, middle, row.finished_at))
    labels = list(dict.fromkeys(clocks))  # it may all be within one second
    sent = sent_to(await tallies.counts(talk.session, row.id))
    title = with_count(talk._("Delivered: {n}"), talk.language, sent)
    talk.photo(await talk.context.ports.painter.columns_png(title, values, labels), title)


async def ask_to_recall(talk: Talk, broadcast_id: BroadcastId) -> None:
    sent = sent_to(await tallies.counts(talk.session, broadcast_id))
    talk.say(
        talk._(ASKS_TO_RECALL),
        [
            [presses.SHOW.button(talk._("Don't delete it"), broadcast_id)],
            [presses.RECALL.button(recall_label(talk, sent), broadcast_id)],
        ],
    )


def recall_label(talk: Talk, sent: int) -> str:
    """What stands on the button that recalls it, which so many have received."""
    delete = talk.plural("🗑 Delete it for {n} person", "🗑 Delete it for {n} people", plural_of(sent))
    return with_count(delete, talk.language, sent)


async def recall(talk: Talk, broadcast_id: BroadcastId) -> None:
    count = await corrections.recall(talk.session, await acts.found(talk, broadcast_id), talk.now)
    text = talk.plural("Deleting it for {n} recipient …", "Deleting it for {n} recipients …", plural_of(count))
    talk.edit(with_count(text, talk.language, count))


async def show(talk: Talk, broadcast_id: BroadcastId) -> None:
    """The panel as it is now."""
    await show_row(talk, await acts.found(talk, broadcast_id))


async def show_row(talk: Talk, row: Broadcast) -> None:
    counted = await tallies.counts(talk.session, row.id)
    read = await broadcast_reads.read_count(talk.session, row.id)
    talk.edit(*panel(view_of(talk), row, counted, read))


def panel(view: View, row: Broadcast, counted: dict[State, int], read: int) -> tuple[Markup, Buttons]:
    """The one message that shows how far it is, and the report once it is done."""
    lines = [Markup("<b>{}</b>").format(state_words(row, view)), *progress_lines(view, row, counted, read)]
    return Markup("\n").join(lines), _controls(view, row, counted)


def progress_lines(view: View, row: Broadcast, counted: dict[State, int], read: int) -> list[Markup]:
    """The report, and how fast it is."""
    return [*report(row, counted, read, view.language), *_speed(view, row, _done(counted))]


def _settled(counted: Mapping[State, int]) -> dict[State, int]:
    return {state: count for state, count in counted.items() if state >= State.SENT}


def _done(counted: Mapping[State, int]) -> int:
    return sum(_settled(counted).values())


def sent_to(counted: Mapping[State, int]) -> int:
    """How many have it, as it may be told: rounded where it would say how few have not."""
    sent = counted.get(State.SENT, 0)
    return sent if sent < MIN_CELL_SIZE or State.SENT in told_of_sum(_settled(counted)) else rounded(sent)


def report(row: Broadcast, counted: dict[State, int], read: int, language: str) -> list[Markup]:
    """How many it has reached, or not, and how many have read it. What few follow from is left out."""
    _, done, lines = translations.translator(language), _done(counted), []
    told = told_of_sum(_settled(counted))
    if row.total >= MIN_CELL_SIZE:
        filled = round(_BAR * done / row.total)
        lines.append(Markup("{} {}/{}").format("▓" * filled + "░" * (_BAR - filled), done, row.total))
    for state, label in (
        (State.SENT, _("delivered: {n}")),
        (State.UNCERTAIN, _("possibly delivered (no confirmation): {n}")),
        (State.UNREACHABLE, _("unreachable: {n}")),
        (State.FAILED, _("failed: {n}")),
        (State.CANCELLED, _("cancelled: {n}")),
    ):
        if state in told:
            lines.append(Markup("{}").format(with_count(label, language, counted[state])))
    if read:
        lines.append(Markup("{}").format(with_count(_("have read it: {n}"), language, read)))
    return lines


def _speed(view: View, row: Broadcast, done: int) -> list[Markup]:
    _, language = view._, view.language
    if row.state != BroadcastState.RUNNING or row.started_at is None or row.total < MIN_CELL_SIZE or not done:
        return []
    rate = done / max((view.now - row.started_at).total_seconds(), 1)
    left = (row.total - done) / rate / 60
    return [
        Markup("{}").format(
            _("{rate}/s, about {n} min left").format(
                rate=translations.number(rate, language, 1), n=translations.number(left, language)
            )
        )
    ]


def may_retry(view: View, row: Broadcast, counted: Mapping[State, int]) -> bool:
    """Whether something has failed that can be sent again: it was not forgotten yet."""
    is_kept = row.finished_at is not None and row.finished_at > view.now - KEPT
    return row.state == BroadcastState.DONE and is_kept and bool(counted.get(State.FAILED))


def _controls(view: View, row: Broadcast, counted: dict[State, int]) -> Buttons:
    _ = view._
    pause, resume = presses.PAUSE.button(_("⏸ Pause"), row.id), presses.RESUME.button(_("▶ Resume"), row.id)
    stop = presses.CANCEL.button(_("⏹ Stop …"), row.id)
    refresh = [presses.SHOW.button(_("🔄 Refresh"), row.id)]
    change = [presses.CORRECT.button(_("✎ Correct"), row.id), presses.ASK_TO_RECALL.button(_("🗑 Recall"), row.id)]
    if row.state == BroadcastState.RUNNING:
        return [[pause, stop], change, refresh]
    if row.state == BroadcastState.PAUSED:
        return [[resume, stop], change, refresh]
    if row.state in (BroadcastState.AWAITING, BroadcastState.SCHEDULED, BroadcastState.FREEZING):
        return [[stop], refresh]
    if row.state == BroadcastState.DONE:
        retry_them = [presses.RETRY.button(_("🔁 Retry the failed"), row.id)] if may_retry(view, row, counted) else []
        picture_of_it = [presses.PICTURE.button(_("📈 Picture"), row.id)] if row.total >= MIN_CELL_SIZE else []
        return [picture_of_it, retry_them, change, refresh]
    return []


def state_words(row: Broadcast, view: View) -> str:
    """Where it stands."""
    _ = view._
    if row.state == BroadcastState.SCHEDULED and row.starts_at > view.now:
        return _("Scheduled: {when}").format(when=view.moment(row.starts_at))
    said = {
        BroadcastState.DRAFT: _("Draft"),
        BroadcastState.AWAITING: _("Waiting for a second coordinator"),
        BroadcastState.SCHEDULED: _("About to be sent"),
        BroadcastState.FREEZING: _("Collecting recipients"),
        BroadcastState.RUNNING: _("Sending"),
        BroadcastState.PAUSED: _("Paused"),
        BroadcastState.DONE: _("Sent"),
        BroadcastState.CANCELLED: _("Stopped"),
    }
    return said[row.state]
