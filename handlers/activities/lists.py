"""/activities: the list, the card of one, and what is shared of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.format import KINDS
from handlers.chat.events import Event
from handlers.chat.incoming import Json
from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.replies import Venue, message_params
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from storage.activities import activities, attendance, participants, sign_ups
from storage.activities.activities import PAGE, Activity, ActivityState, Kind
from storage.activities.attendance import Figures
from storage.activities.ids import ActivityId
from storage.activities.participants import PlaceState, SignUp
from storage.geodesy import distance
from storage.people import people
from storage.people.access import Right
from storage.stations import searches
from storage.telegram_ids import NO_CHAT

VIEWS = {"week": N_("This week"), "all": N_("All"), "near": N_("Near me"), "mine": N_("Mine")}
_SUBJECT = Subject(
    N_("📅 Activities"),
    {
        "zh_Hans": "活动、报名、比赛、球赛、篮球、足球、羽毛球、乒乓球、台球、打球、踢球、跑步、"
        "健身、下棋、唱歌、爬山、体检、义诊、讲座、培训、上课、电影、观影、茶话会、联欢、联谊、相亲、脱单、亲子、旅游",
        "en": "activity, activities, event, events, sign up, a match, the match, matches, tournament, "
        "basketball, football, soccer, badminton, table tennis, go running, running group, chess, hiking, check-up, "
        "a course, courses, training, film, films, movie, movies",
    },
)
INLINE_MOST = 10
_MOST_GUESTS_ON_CARD = 3


def register(routes: Routes) -> None:
    routes.command("activities", show_list, about=N_("Activities"), writes=False, subject=_SUBJECT)
    routes.press(presses.TURN_LIST, turn_list, writes=False)
    routes.press(presses.CHOOSE_KIND, choose_kind, writes=False)
    routes.press(presses.SHOW_CARD, show_card, writes=False)
    routes.press(presses.OPEN_CARD, open_card, writes=False)
    routes.press(presses.SHOW_WHERE, show_where, writes=False)
    routes.link("act", linked, writes=False)
    routes.event(Event.INLINE, inline, writes=False)


async def here_of(talk: Talk) -> tuple[float, float] | None:
    """Where the person is: their last search, else the area they keep."""
    search = await searches.latest(talk.session, talk.person.id, talk.now)
    if search is not None:
        return search.latitude, search.longitude
    return await people.home_of(talk.session, talk.person.id)


async def show_list(talk: Talk) -> None:
    talk.say(*await _list(talk, "week", 0))


async def turn_list(talk: Talk, view: str, page: int) -> None:
    """Another view or page, by editing the list."""
    if not 0 <= page < 50 or (view not in VIEWS and view not in list(Kind)):
        raise InvalidCallback
    talk.edit(*await _list(talk, view, page))


async def _list(talk: Talk, view: str, page: int) -> tuple[Markup, Buttons]:
    here = await here_of(talk)
    found = await _chosen(talk, view, here)
    if not found and view == "week" and page == 0:
        view, found = "all", await _chosen(talk, "all", here)  # nothing this week: what comes next
    shown = found[page * PAGE : (page + 1) * PAGE]
    figures = await attendance.figures(talk.session, [row.id for row in shown])
    label = VIEWS[view] if view in VIEWS else KINDS[Kind(view)][1]
    lines = [Markup("<b>{}</b> · {}").format(talk._("Activities"), talk._(label))]
    if view == "near" and here is None:
        lines.append(Markup("{}").format(talk._("Send a location first, so that I know what is near you.")))
    zone = talk.context.settings.organisation.zone
    for at, row in enumerate(shown, start=page * PAGE + 1):
        entry = words.line(row, figures[row.id], here, talk.now, zone, talk.language)
        lines.append(Markup("\n{}. {}").format(at, entry))
    if not shown:
        lines.append(Markup("\n{}").format(talk._("Nothing is planned here yet. New activities come every week.")))
    return Markup("\n").join(lines), _list_buttons(talk, view, page, shown, len(found))


def _list_buttons(talk: Talk, view: str, page: int, shown: Sequence[Activity], total: int) -> Buttons:
    numbers = [presses.SHOW_CARD.button(f"{at}", row.id) for at, row in enumerate(shown, start=page * PAGE + 1)]
    turn = []
    if page:
        turn.append(presses.TURN_LIST.button(talk._("◀ Earlier"), view, page - 1))
    if total > (page + 1) * PAGE:
        turn.append(presses.TURN_LIST.button(talk._("Later ▶"), view, page + 1))
    views = [
        presses.TURN_LIST.button(("• " if name == view else "") + talk._(label), name, 0)
        for name, label in VIEWS.items()
    ]
    return [numbers, turn, views[:2], views[2:], [presses.CHOOSE_KIND.button(talk._("By kind"))]]


async def _chosen(talk: Talk, view: str, here: tuple[float, float] | None) -> list[Activity]:
    if view == "week":
        return await activities.listed(talk.session, talk.now, _end_of_week(talk))
    if view in list(Kind):
        return await activities.listed(talk.session, talk.now, kind=view)
    if view == "mine":
        mine = await participants.mine(talk.session, talk.person.id)
        return [row for row in await activities.coming(talk.session, talk.now) if row.id in mine]
    found = await activities.listed(talk.session, talk.now)
    if view == "near":
        placed = [row for row in found if here is not None and row.has_point]
        return sorted(placed, key=_metres_from(here))
    return found


def _end_of_week(talk: Talk) -> datetime:
    days = 7 - talk.local_today.weekday()
    return datetime.combine(
        talk.local_today + timedelta(days=days), datetime.min.time(), talk.context.settings.organisation.zone
    )


def _metres_from(here: tuple[float, float] | None) -> Callable[[Activity], float]:
    def metres(row: Activity) -> float:
        assert here is not None and row.latitude is not None and row.longitude is not None
        return distance(*here, row.latitude, row.longitude)

    return metres


async def choose_kind(talk: Talk) -> None:
    keys = [presses.TURN_LIST.button(f"{sign} {talk._(label)}", kind.value, 0) for kind, (sign, label) in KINDS.items()]
    rows = [keys[at : at + 2] for at in range(0, len(keys), 2)]
    talk.edit(talk._("Which kind?"), [*rows, [presses.TURN_LIST.button(talk._("◀ Back"), "week", 0)]])


async def shown(talk: Talk, activity_id: ActivityId) -> Activity:
    """One that this person may look at; coordinators at all. Raises NoSuchActivity."""
    row = await activities.published(talk.session, activity_id)
    if not talk.person.may(Right.RUN_ACTIVITIES):
        await sign_ups.require_shown(talk.session, row, talk.person.id, talk.now)
    return row


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
    number = await participants.standing(talk.session, mine) if mine is not None else 0
    figures = (await attendance.figures(talk.session, [row.id]))[row.id]
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


async def inline(talk: Talk) -> None:
    """The bot's name typed in any chat: the coming activities, to be sent there as a card with a link."""
    wanted = str(talk.incoming.body.get("query") or "").casefold().strip()
    found = [row for row in await activities.listed(talk.session, talk.now) if wanted in row.title.casefold()]
    figures = await attendance.figures(talk.session, [row.id for row in found[:INLINE_MOST]])
    results = [_inline_result(talk, row, figures[row.id]) for row in found[:INLINE_MOST]]
    params: Json = {
        "inline_query_id": str(talk.incoming.body.get("id")),
        "results": results,
        "cache_time": 30,
        "is_personal": True,
    }
    talk.call_api("answerInlineQuery", params)


def _inline_result(talk: Talk, row: Activity, figures: attendance.Figures) -> Json:
    """As everybody in that chat may see it: nothing of whoever asked."""
    zone = talk.context.settings.organisation.zone
    text = words.card(row, figures, None, 0, None, talk.now, zone, talk.language)
    said = message_params(NO_CHAT, text, [[Button(talk._("✅ Sign up"), url=talk.context.link(f"act_{row.id}"))]])
    return {
        "type": "article",
        "id": str(row.id),
        "title": row.title,
        "description": formatting.when(row.starts_at, row.ends_at, talk.now, zone, talk.language),
        "input_message_content": {"message_text": said["text"], "parse_mode": "HTML"},
        "reply_markup": said["reply_markup"],
    }
