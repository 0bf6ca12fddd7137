"""What a coordinator does with a broadcast, in the chat or on a page: the change, its audit rows, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from handlers.broadcasts.form import BroadcastDraft, Wording, other_language
from handlers.chat.talk import Talk
from storage import audit
from storage.broadcasts import broadcasts
from storage.broadcasts import recipients as broadcast_recipients
from storage.broadcasts.audited import BroadcastAction
from storage.broadcasts.broadcasts import Broadcast, BroadcastState, NotNow
from storage.broadcasts.content import Content, OtherVersion
from storage.broadcasts.ids import BroadcastId
from storage.broadcasts.notices import BroadcastWaits
from storage.broadcasts.recipients import Audience
from storage.people.access import Right
from storage.people.segments import Segment
from storage.people.topics import Topic
from storage.telegram_ids import MessageId


def worded(talk: Talk, wording: Wording, around: Content) -> Content:
    """What is said, in both languages, with the buttons that `around` has."""
    message, other = wording.content, wording.other
    in_other = None if other is None else OtherVersion(other_language(talk), other.method, other.params)
    return replace(around, method=message.method, params=message.params, other=in_other)


def content_of(talk: Talk, draft: BroadcastDraft) -> Content:
    """What the draft says, with its buttons."""
    return worded(talk, draft, Content("", {}, draft.reading, draft.opens))


async def keep(talk: Talk, draft: BroadcastDraft, segment: Segment) -> Broadcast:
    """As a draft of this author: nobody gets it before their last word."""
    return await broadcasts.create(
        talk.session,
        talk.person.id,
        content_of(talk, draft),
        segment,
        draft.topic,
        draft.time or talk.now,
        talk.now,
        draft.reason,
        timedelta(hours=draft.spread),
    )


async def found(talk: Talk, broadcast_id: BroadcastId) -> Broadcast:
    """Raises NotNow: there is none."""
    row = await broadcasts.find(talk.session, broadcast_id)
    if row is None:
        raise NotNow
    return row


async def count(talk: Talk, row: Broadcast) -> Audience:
    """How many it would go to. That it was counted is noted: by a narrow audience one can ask about people."""
    await _note_count(talk, f"broadcast {row.id}: {row.segment}")
    return await broadcast_recipients.audience(talk.session, Segment.parse(row.segment), row.topic, talk.now)


async def count_segment(talk: Talk, segment: Segment, topic: Topic) -> Audience:
    """The same of one that is being written."""
    await _note_count(talk, f"new broadcast: {segment.text}")
    return await broadcast_recipients.audience(talk.session, segment, topic, talk.now)


async def _note_count(talk: Talk, about: str) -> None:
    await audit.note(talk.session, talk.person.id, BroadcastAction.AUDIENCE_COUNTED, talk.now, about=about)


def needs_approval(talk: Talk, audience: Audience) -> bool:
    """Whether a second coordinator has to approve what goes to so many."""
    return audience.reached > talk.context.settings.approval_above


def _quiet_until(talk: Talk, row: Broadcast) -> datetime | None:
    """Until when nobody is disturbed, if its time lies in quiet hours."""
    if row.topic == Topic.URGENT:
        return None
    return talk.context.settings.quiet_hours.until(max(talk.now, row.starts_at))


def begins(talk: Talk, row: Broadcast) -> datetime:
    """When the first message goes out, if it is sent now."""
    return max(row.starts_at, _quiet_until(talk, row) or row.starts_at)


async def send(talk: Talk, broadcast_id: BroadcastId, panel: MessageId | None) -> Broadcast:
    """The author's last word. `panel` is the message in their chat that shows its progress, if there is one.

    Raises:
        NotNow: it is somebody else's, or was let go or discarded before.
    """
    row = await found(talk, broadcast_id)
    if row.author != talk.person.id:
        raise NotNow
    counted = await count(talk, row)
    waits = needs_approval(talk, counted)
    await broadcasts.confirm(talk.session, broadcast_id, _quiet_until(talk, row), panel, talk.now, needs_approval=waits)
    if row.topic == Topic.URGENT:
        about = f"broadcast {row.id}: {row.reason}"
        await audit.note(talk.session, talk.person.id, BroadcastAction.URGENT_BROADCAST, talk.now, about=about)
    if waits:
        for person_id in await talk.context.staff.who_may(talk.session, Right.BROADCAST, talk.now):
            if person_id != talk.person.id:
                talk.notify(person_id, BroadcastWaits(broadcast_id, counted.reached))
    return row


async def stop(talk: Talk, broadcast_id: BroadcastId) -> Broadcast:
    """Nobody gets it any more. Raises NotNow: it is over, or another coordinator's draft."""
    row = await found(talk, broadcast_id)
    if row.state == BroadcastState.DRAFT and row.author != talk.person.id:
        raise NotNow
    return await broadcasts.move(talk.session, broadcast_id, "cancel", talk.now)
