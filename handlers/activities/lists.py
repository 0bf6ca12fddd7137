"""/activities: the list, and the same where the bot's name is typed in any chat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from markupsafe import Markup

from handlers.activities import format as words
from handlers.activities import presses
from handlers.activities.format import KINDS
from handlers.chat.events import Event
from handlers.chat.incoming import Json
from handlers.chat.press import Button, Buttons, InvalidCallback
from handlers.chat.replies import message_params
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.i18n import formatting
from handlers.i18n.translations import N_
from storage.activities import activities, attendance, participants
from storage.activities.activities import PAGE, Activity, Kind
from storage.geodesy import distance
from storage.people import people
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


def register(routes: Routes) -> None:
    routes.command("activities", show_list, about=N_("Activities"), writes=False, subject=_SUBJECT)
    routes.press(presses.TURN_LIST, turn_list, writes=False)
    routes.press(presses.CHOOSE_KIND, choose_kind, writes=False)
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
