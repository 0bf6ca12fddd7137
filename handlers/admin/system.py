"""/system: how the bot itself is doing, and what it could not do."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from markupsafe import Markup

from handlers.admin import presses
from handlers.chat.confirming import ask_first
from handlers.chat.feature import WatchedQueue
from handlers.chat.ports import Process
from handlers.chat.press import Button, Buttons, InvalidCallback, Page
from handlers.chat.readers import holding
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.i18n import formatting, translations
from handlers.i18n.translations import N_
from handlers.inputs.moment import show_moment
from storage import dialects, schema
from storage.coordination import replicas
from storage.database import apart
from storage.deliveries import failed as failed_deliveries
from storage.operations import backups, errors
from storage.operations.notices import (
    BackupFailed,
    BackupMade,
    BackupNotRestorable,
    BackupTried,
    ClockDiffers,
    ClockJumped,
    UpdatesTaken,
    WebhookChanged,
)
from storage.people.access import Right

BACKUP_IS_OLD = timedelta(hours=36)


def register(routes: Routes, queues: Sequence[WatchedQueue]) -> None:
    right = Right.ADMINISTER
    routes.command("system", partial(system, queues), about=N_("How the bot is doing"), right=right, writes=False)
    routes.press(presses.SYSTEM, partial(system, queues), right=right, writes=False)
    routes.press(presses.SHOW_ERRORS, show_errors, right=right, writes=False)
    routes.press(presses.SHOW_SET_ASIDE, show_set_aside, right=right, writes=False)
    routes.press(presses.DROP_SET_ASIDE, ask_to_drop, right=right, writes=False)
    routes.press(presses.DROP_SET_ASIDE_NOW, drop_set_aside, right=right)
    routes.press(presses.BACK_UP, back_up, right=right, writes=False)
    admins = holding(Right.ADMINISTER)
    routes.notice(BackupFailed, backup_failed_words, reader=admins)
    routes.notice(BackupMade, backup_made_words, reader=admins)
    routes.notice(BackupTried, backup_tried_words, reader=admins)
    routes.notice(BackupNotRestorable, backup_not_restorable_words, reader=admins)
    routes.notice(ClockJumped, clock_jumped_words, reader=admins)
    routes.notice(ClockDiffers, clock_differs_words, reader=admins)
    routes.notice(UpdatesTaken, updates_taken_words, reader=admins)
    routes.notice(WebhookChanged, webhook_changed_words, reader=admins)


async def system(queues: Sequence[WatchedQueue], talk: Talk) -> None:
    title = Markup("🖥 <b>{}</b>").format(talk._("System"))
    talk.edit(
        Markup("\n").join([title, *await standing(queues, talk)]),
        [
            [presses.SHOW_ERRORS.button(talk._("⚠️ Errors")), presses.SHOW_SET_ASIDE.button(talk._("📪 Undelivered"))],
            [presses.BACK_UP.button(talk._("💾 Back up now")), presses.SYSTEM.button(talk._("🔄 Refresh"))],
        ],
    )


async def standing(queues: Sequence[WatchedQueue], talk: Talk) -> list[Markup]:
    """How the bot is doing, line by line."""
    lines = [*await _process_lines(talk), *await _database_lines(talk)]
    lines += [*await _queue_lines(queues, talk), await _backup_line(talk)]
    recent = await errors.count_since(talk.session, talk.now - timedelta(days=1))
    said = talk._("Kinds of errors in 24 h: {n}").format(n=recent)
    return [*lines, Markup("{} {}").format("⚠️" if recent else "✅", said)]


async def _process_lines(talk: Talk) -> list[Markup]:
    here: Process = talk.context.ports.process()
    lines = [
        Markup("Nuanxin {} · {}").format(
            here.version, talk._("running for {time}").format(time=_length(talk, talk.now - here.started_at))
        )
    ]
    for one in await replicas.alive(talk.session, talk.now):
        sign = "👑" if one.leads else "•"
        this = " ← " + talk._("is answering you") if one.name == here.name else ""
        lines.append(Markup("{} <code>{}</code> {}{}").format(sign, one.name, one.version, this))
    return lines


def _length(talk: Talk, length: timedelta) -> str:
    hours, minutes = divmod(int(length.total_seconds()) // 60, 60)
    if hours >= 48:
        return talk.plural("{n} day", "{n} days", hours // 24).format(n=hours // 24)
    return talk._("{hours} h {minutes} min").format(hours=hours, minutes=minutes)


async def _database_lines(talk: Talk) -> list[Markup]:
    size = await dialects.size(talk.session)
    kind = "PostgreSQL" if dialects.is_postgresql(talk.session) else "SQLite"
    line = Markup("🗄 {} · {} · {}").format(
        kind, megabytes(talk, size), talk._("schema {number}").format(number=schema.NEWEST)
    )
    free = talk.context.ports.process().free_bytes
    if free is None:
        return [line]
    return [line, Markup("💽 {}").format(talk._("{size} free on the disk").format(size=megabytes(talk, free)))]


def megabytes(talk: Talk, size: int) -> str:
    if size < 1_000_000:
        return f"{translations.number(size / 1_000, talk.language)} kB"
    if size < 10_000_000_000:
        return f"{translations.number(size / 1_000_000, talk.language, 1)} MB"
    return f"{translations.number(size / 1_000_000_000, talk.language)} GB"


async def _queue_lines(queues: Sequence[WatchedQueue], talk: Talk) -> list[Markup]:
    parts = []
    for watched in queues:
        with apart(talk.session):
            queue, label = await watched.measure(talk.session, talk.now), watched.label
        if queue.waiting:
            waiting = str(queue.waiting)
            if queue.since:
                waiting = formatting.bracketed(talk._, waiting, formatting.ago(queue.since, talk.now, talk.language))
            parts.append("  " + formatting.labelled(talk._, talk._(label), Markup("<b>{}</b>").format(waiting)))
    return [Markup("📬 {}").format(talk._("Waiting:") if parts else talk._("Nothing is waiting.")), *parts]


async def _backup_line(talk: Talk) -> Markup:
    last = await backups.newest(talk.session)
    whole = await backups.newest(talk.session, whole=True)
    if whole is None:
        said = talk._("no backup yet")
    else:
        said = talk._("last backup {ago}, {size}").format(
            ago=formatting.ago(whole.at, talk.now, talk.language), size=megabytes(talk, whole.size)
        )
    if last is not None and last.trouble:
        said += " · " + talk._("the last attempt failed: {trouble}").format(trouble=last.trouble)
    fine = whole is not None and talk.now - whole.at < BACKUP_IS_OLD and last is not None and not last.trouble
    return Markup("{} {}").format("💾" if fine else "⚠️ 💾", said)


async def show_errors(talk: Talk) -> None:
    lines = [Markup("⚠️ <b>{}</b>").format(talk._("Errors"))]
    lines += [
        Markup("\n<code>{}</code> {} × {}\n{} <code>{}</code>").format(
            row.error_id, show_moment(talk, row.last_at), row.count, row.kind, row.place
        )
        for row in await errors.newest(talk.session)
    ]
    if len(lines) == 1:
        lines.append(Markup("{}").format(talk._("None in the last 30 days.")))
    talk.edit(Markup("\n").join(lines), [_back(talk)])


def _back(talk: Talk) -> list[Button]:
    return [presses.SYSTEM.button(talk._("◀ Back"))]


async def show_set_aside(talk: Talk) -> None:
    """What could not be sent after all tries, with what Telegram said."""
    talk.edit(*await _set_aside(talk))


async def _set_aside(talk: Talk) -> tuple[Markup, Buttons]:
    found = await failed_deliveries.newest(talk.session)
    lines = [Markup("📪 <b>{}</b>").format(talk._("Undelivered"))]
    lines += [
        formatting.labelled(talk._, Markup("<code>{}</code> {}").format(key, kind), trouble)
        for key, kind, trouble in found
    ]
    if not found:
        return Markup("\n").join([*lines, Markup("{}").format(talk._("Nothing is waiting."))]), [_back(talk)]
    again = presses.TRY_AGAIN.button(talk._("🔁 Retry all"))
    drop = presses.DROP_SET_ASIDE.button(talk._("🗑 Discard all"), failed_deliveries.as_number(talk.now))
    return Markup("\n").join(lines), [[again], [drop], _back(talk)]


async def ask_to_drop(talk: Talk, seen: int) -> None:
    ask_first(
        talk,
        talk._("Discard all messages that could not be delivered? They will never be sent."),
        presses.DROP_SET_ASIDE_NOW.button(talk._("🗑 Discard them"), seen),
        presses.SHOW_SET_ASIDE.button(talk._("Keep them")),
        *_back(talk),
    )


async def drop_set_aside(talk: Talk, seen: int) -> None:
    """What has failed since the list was shown stays."""
    if not 0 <= seen < 10**failed_deliveries.MOST_DIGITS:
        raise InvalidCallback
    moment = failed_deliveries.from_number(seen)
    count = await failed_deliveries.discard_seen(talk.session, moment, talk.now)
    talk.answer_callback(talk._("{n} discarded.").format(n=count), alert=True)
    talk.edit(*await _set_aside(talk))


async def back_up(talk: Talk) -> None:
    talk.context.ports.start_backup(talk.person.id)
    talk.answer_callback(talk._("Started. I'll message you when it's done."), alert=True)


def backup_failed_words(view: View, notice: BackupFailed) -> Page:
    text = Markup(view._("⚠️ The backup failed on <code>{host}</code>: {trouble}"))
    return text.format(host=notice.host, trouble=notice.trouble), [[presses.SYSTEM.button(view._("🖥 System"))]]


def backup_made_words(view: View, notice: BackupMade) -> Page:
    text = Markup(view._("💾 Backup written and verified: <code>{file}</code> on <code>{host}</code>."))
    return text.format(file=notice.file, host=notice.host), []


def clock_jumped_words(view: View, notice: ClockJumped) -> Page:
    text = view.plural(
        "⏰ The clock of {process} was changed by {n} second. Reminders and other scheduled work follow the new time. "
        "Please check its time synchronisation (NTP).",
        "⏰ The clock of {process} was changed by {n} seconds. Reminders and other scheduled work follow the new time. "
        "Please check its time synchronisation (NTP).",
        notice.seconds,
    )
    return Markup("{}").format(text.format(process=notice.process, n=f"{notice.seconds:+d}")), []


def clock_differs_words(view: View, notice: ClockDiffers) -> Page:
    text = view.plural(
        "⏰ The clock of {process} differs from the database's by {n} second. Please check the time synchronisation "
        "(NTP) of both machines.",
        "⏰ The clock of {process} differs from the database's by {n} seconds. Please check the time synchronisation "
        "(NTP) of both machines.",
        notice.seconds,
    )
    return Markup("{}").format(text.format(process=notice.process, n=f"{notice.seconds:+d}")), []


def updates_taken_words(view: View, _notice: UpdatesTaken) -> Page:
    text = view._(
        "⚠️ Another program is taking this bot's messages with its token. Stop one of the two. If you don't know the "
        "other one, get a new token from @BotFather."
    )
    return text, []


def webhook_changed_words(view: View, _notice: WebhookChanged) -> Page:
    text = view._(
        "⚠️ Someone with this bot's token changed where Telegram sends its messages. I have set it back. "
        "If it was none of the admins, get a new token from @BotFather."
    )
    return text, []


def backup_tried_words(view: View, notice: BackupTried) -> Page:
    text = Markup(view._("💾 This month's restore drill: the backup <code>{file}</code> can be restored."))
    return text.format(file=notice.file), []


def backup_not_restorable_words(view: View, notice: BackupNotRestorable) -> Page:
    text = Markup(view._("⚠️ This month's restore drill failed: <code>{file}</code>: {trouble}"))
    return text.format(file=notice.file, trouble=notice.trouble), [[presses.SYSTEM.button(view._("🖥 System"))]]
