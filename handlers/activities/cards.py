"""The card of one activity: what is known of it, and what this person can do about it."""

from __future__ import annotations

from urllib.parse import quote

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.lists import here_of
from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.replies import Venue
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from storage.activities import activities, attendance, participants, sign_ups
from storage.activities.activities import Activity, ActivityState
from storage.activities.attendance import Figures
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState, SignUp
from storage.people.access import Right

_MOST_GUESTS_ON_CARD = 3


def register(routes: Routes) -> None:
    routes.press(presses.SHOW_CARD, show_card, writes=False)
    routes.press(presses.OPEN_CARD, open_card, writes=False)
    routes.press(presses.SHOW_WHERE, show_where, writes=False)
    routes.link("act", linked, writes=False)


async def shown(talk: Talk, activity_id: ActivityId) -> Activity:
    """One that this person may look at; coordinators at all. Raises NoSuchActivity."""
    row = await activities.published(talk.session, activity_id)
    await ensure_shown(talk, row)
    return row


async def ensure_shown(talk: Talk, row: Activity) -> None:
    """Raises NoSuchActivity where this person may not look at it."""
    if not talk.person.may(Right.RUN_ACTIVITIES):
        await sign_ups.require_shown(talk.session, row, talk.person.id, talk.now)


async def show_card(talk: Talk, activity_id: ActivityId) -> None:
    row = await shown(talk, activity_id)
    await edit_card(talk, row)


async def open_card(talk: Talk, activity_id: ActivityId) -> None:
    """From a broadcast or a notice, which stays as it is: the card as a message of its own."""
    row = await shown(talk, activity_id)
    text, buttons = await own_card_of(talk, row, await participants.of(talk.session, row.id, talk.person.id))
    if row.poster:
        _send_poster(talk, row, text, buttons)
    else:
        talk.say(text, buttons)


async def edit_card(talk: Talk, row: Activity) -> None:
    """The card in place of what was pressed; with a poster it is a message of its own."""
    await edit_own_card(talk, row, await participants.of(talk.session, row.id, talk.person.id))


async def edit_own_card(talk: Talk, row: Activity, mine: SignUp | None) -> None:
    """The same for somebody whose place is known."""
    text, buttons = await own_card_of(talk, row, mine)
    pressed = talk.incoming.body.get("message") if talk.incoming.is_press else None
    if row.poster and isinstance(pressed, dict) and "photo" in pressed:
        talk.edit_caption(text, buttons)
    elif row.poster:
        _send_poster(talk, row, text, buttons)
    else:
        talk.edit(text, buttons)


def _send_poster(talk: Talk, row: Activity, text: str, buttons: Buttons) -> None:
    talk.send("sendPhoto", {"photo": row.poster, "caption": text, "parse_mode": "HTML"}, buttons)


async def own_card_of(talk: Talk, row: Activity, mine: SignUp | None) -> tuple[Markup, Buttons]:
    """The card for somebody who has this place."""
    figures, number = await attendance.figures_for(talk.session, row.id, mine)
    text = words.card(
        row,
        figures,
        mine,
        number,
        await here_of(talk) if row.has_point else None,
        talk.now,
        talk.context.settings.organisation.zone,
        talk.language,
    )
    fits_alone = mine is not None and await participants.fits_alone(talk.session, row, mine)
    if fits_alone:
        text += Markup("\n{}").format(talk._("There is a place for you, but not for your guests too."))
    return text, _card_buttons(talk, row, figures, mine, fits_alone=fits_alone)


def _sign_up_buttons(talk: Talk, row: Activity, figures: Figures) -> list[Button]:
    """What a sign-up would come to: a place, with guests where nothing else is asked, or the waiting list."""
    guests = [] if row.asks else range(1, min(row.guests, _MOST_GUESTS_ON_CARD) + 1)
    with_guests = [presses.SIGN_UP_WITH_GUESTS.button(f"+{n}", row.id, n) for n in guests]
    if row.awaits_draw:
        return [presses.SIGN_UP.button(talk._("🎟 Get a ticket"), row.id), *with_guests]
    if row.places is not None and not words.free_places(row, figures):
        return [presses.SIGN_UP.button(talk._("⏳ Join the waiting list"), row.id)]
    return [presses.SIGN_UP.button(talk._("✅ Sign up"), row.id), *with_guests]


def _card_buttons(talk: Talk, row: Activity, figures: Figures, mine: SignUp | None, *, fits_alone: bool) -> Buttons:
    back = [presses.TURN_LIST.button(talk._("◀ Back to list"), "week", 0)]
    if row.state == ActivityState.CANCELLED or row.ends_at <= talk.now:
        return [back]
    rows: list[list[Button]] = []
    if mine is None or mine.state == PlaceState.LEFT:
        if sign_ups.is_open(row, talk.now):
            rows.append(_sign_up_buttons(talk, row, figures))
    elif mine.state == PlaceState.OFFERED:
        rows.append([presses.TAKE.button(talk._("🎁 Take the place"), row.id)])
        rows.append([presses.GIVE_BACK.button(talk._("✖ Decline"), row.id)])
    elif mine.state == PlaceState.IN_DRAW:
        rows.append([presses.GIVE_BACK.button(talk._("↩ Give my ticket back"), row.id)])
    elif mine.state == PlaceState.WAITING:
        if fits_alone and sign_ups.is_open(row, talk.now):
            rows.append([presses.COME_ALONE.button(talk._("✅ Just me: take the place"), row.id)])
        rows.append([presses.GIVE_BACK.button(talk._("Leave the waiting list"), row.id)])
    else:
        rows.append([presses.GIVE_BACK.button(talk._("↩ Give up my place"), row.id)])
        rows.append([presses.SHOW_LEADS.button(talk._("🔔 Reminders"), row.id)])
    link = talk.context.link(f"act_{row.id}")
    share = f"https://t.me/share/url?url={quote(link, safe='')}&text={quote(row.title, safe='')}"
    if row.draws_at is not None:
        rows.append([presses.DRAW.button(talk._("🎲 The draw"), row.id)])
    tools = [presses.SEND_FILE_CALENDARS.button(talk._("📅 Calendar"), row.id)]
    if row.has_point:
        tools.append(presses.SHOW_WHERE.button(talk._("📍 Location"), row.id))
    more = [Button(talk._("↗ Share"), url=share), presses.ASK_ORGANISER.button(talk._("💬 Ask"), row.id)]
    return [*rows, tools, more, back]


async def show_where(talk: Talk, activity_id: ActivityId) -> None:
    row = await shown(talk, activity_id)
    if row.latitude is None or row.longitude is None:
        raise InvalidCallback
    talk.venue(Venue(row.latitude, row.longitude, row.place or row.title, row.title))


async def linked(talk: Talk, number: str) -> None:
    """Somebody opened a shared link, `act_<id>`."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        talk.say(talk._("This activity is no longer planned."))
        return
    row = await activities.find(talk.session, ActivityId(int(number)))
    if row is None or row.state == ActivityState.DRAFT:
        talk.say(talk._("This activity is no longer planned."))
        return
    await edit_card(talk, await shown(talk, row.id))
