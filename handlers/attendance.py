"""Who comes: the list in the chat and as a file, the door with its changing code, rounds, thanks and ratings."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from markupsafe import Markup, escape

from handlers import activity_words as words
from handlers import forms, texts
from handlers.access import Right
from handlers.activity_form import read_moment
from handlers.forms import Form, NotAnAnswer, Question, short_text
from handlers.house import House
from handlers.incoming import Json
from handlers.routes import Routes
from handlers.talk import Button, Buttons, Forged, Talk
from handlers.texts import N_
from storage import activities, audit, check_ins, memberships, rounds, sign_ups
from storage.activities import Activity, ActivityState
from storage.audit import Act
from storage.database import Database
from storage.dialogues import Answers, Value
from storage.sign_ups import PlaceState, SignUp

SHOWN = 60
STATES = {PlaceState.PLACED: "✅", PlaceState.OFFERED: "🎁", PlaceState.WAITING: "🕒"}
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")


def register(routes: Routes) -> None:
    right = Right.RUN_ACTIVITIES
    routes.command("checkin", choose_activity, about=N_("Check in at the door"), right=right, writes=False)
    routes.press("people", show_people, int, right=right)
    routes.press("peoplefile", send_file, int, right=right)
    routes.press("door", open_door, int, right=right, writes=False)
    routes.press("doortype", begin_typing, int, right=right)
    routes.press("rounds", show_rounds, int, right=right, writes=False)
    routes.press("roundnew", begin_round, int, right=right)
    routes.press("roundwho", choose_who, int, int, right=right, writes=False)
    routes.press("goeson", goes_on, int, int, int, right=right)
    routes.link("ci", check_in)
    routes.press("rate", rate, int, int)
    routes.form(_TYPED)
    routes.form(_ROUND)
    routes.form(_COMMENT)
    routes.notice("thanks", thanks_words, words.about_any)
    routes.notice("next_round", next_round_words, words.about_any)


async def _found(talk: Talk, activity_id: int) -> Activity:
    row = await activities.find(talk.session, activity_id)
    if row is None:
        raise activities.NoSuchActivity
    return row


async def names_of(talk: Talk, people: Sequence[SignUp]) -> dict[int, str]:
    """By person, the name of who is a member; others are known by their number only."""
    found = {}
    for one in people:
        member = await memberships.of(talk.session, one.person_id)
        if member is not None:
            found[one.person_id] = str(memberships.content_of(talk.session, member).get("name", ""))
    return found


async def show_people(talk: Talk, activity_id: int) -> None:
    """The list, by number; members with their name. That it was read is noted."""
    row = await _found(talk, activity_id)
    people = await sign_ups.people_of(talk.session, row.id, tuple(STATES))
    await audit.note(talk.session, talk.person.id, Act.ATTENDANCE_READ, talk.now, about=f"activity {row.id}")
    names = await names_of(talk, people[:SHOWN])
    lines = [f"<b>{escape(row.title)}</b>"]
    for one in people[:SHOWN]:
        guests = f" +{one.guests}" if one.guests else ""
        came = " 👋" if one.came_at else ""
        said = " / ".join(sign_ups.answers_of(talk.session, one))
        name = escape(names.get(one.person_id, ""))
        lines.append(f"{STATES[PlaceState(one.state)]} {one.id}{guests}{came} {name} <i>{escape(said)}</i>".rstrip())
    if len(people) > SHOWN:
        lines.append(escape(talk._("… and {n} more, in the file.").format(n=len(people) - SHOWN)))
    if not people:
        lines.append(escape(talk._("Nobody yet.")))
    talk.say("\n".join(lines), [[Button(talk._("📄 As a file"), f"peoplefile:{row.id}")],
                                [Button(talk._("◀ Back"), f"ad:{row.id}")]])  # fmt: skip


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: https://owasp.org/www-community/attacks/CSV_Injection"""
    return f"'{text}" if text.startswith(_RISKY) else text


async def send_file(talk: Talk, activity_id: int) -> None:
    """The attendance list as CSV, with a byte order mark, for spreadsheets."""
    row = await _found(talk, activity_id)
    people = await sign_ups.people_of(talk.session, row.id, tuple(STATES))
    await audit.note(talk.session, talk.person.id, Act.ATTENDANCE_READ, talk.now, about=f"activity {row.id} as a file")
    names = await names_of(talk, people)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["number", "name", "state", "guests", "signed_up_at", "came_at", "rating", *row.asks])
    zone = talk.house.organisation.zone
    for one in people:
        answers = sign_ups.answers_of(talk.session, one)
        times = [f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else "" for at in (one.at, one.came_at)]
        cells = [str(one.id), names.get(one.person_id, ""), PlaceState(one.state).name.lower(), str(one.guests), *times,
                 str(one.rating or ""), *answers]  # fmt: skip
        writer.writerow([harmless(cell) for cell in cells])
    content = ("\ufeff" + out.getvalue()).encode()
    talk.document(f"activity-{row.id}.csv", content, talk._("Who comes. Treat it as confidential."))


async def choose_activity(talk: Talk) -> None:
    """/checkin: what happens now and soon."""
    near = [row for row in await activities.coming(talk.session, talk.now - check_ins.OPEN_AFTER)
            if row.starts_at - check_ins.OPEN_BEFORE <= talk.now <= row.ends_at + check_ins.OPEN_AFTER]  # fmt: skip
    if not near:
        talk.say(talk._("Nothing begins within two hours. /activity shows what is planned."))
        return
    talk.say(talk._("For which activity?"), [[Button(row.title[:60], f"door:{row.id}")] for row in near])


async def open_door(talk: Talk, activity_id: int) -> None:
    """Shows the code as a picture, which then changes every minute by itself."""
    row = await _found(talk, activity_id)
    if row.state != ActivityState.PUBLISHED or row.ends_at + check_ins.OPEN_AFTER <= talk.now:
        raise activities.ActivityOver
    if talk.house.painter is None:
        raise Forged
    link = talk.house.link("ci_" + check_ins.code(talk.session, row.id, check_ins.window(talk.now)))
    png = await talk.house.painter.qr_png(link, row.title)
    figures = (await sign_ups.figures(talk.session, [row.id]))[row.id]
    caption = door_caption(row.title, figures.came, talk.language)
    until = row.ends_at + check_ins.OPEN_AFTER
    after = partial(_remember_door, talk.house.database, talk.chat_id, row.id, until, check_ins.window(talk.now))
    talk.photo(png, caption, [[Button(talk._("⌨ Type a number or name"), f"doortype:{row.id}")]], after=after)


def door_caption(title: str, came: int, language: str) -> Markup:
    _ = texts.translator(language)
    return Markup("<b>{}</b>\n{}\n{}").format(
        title, _("Riders scan this to check in. It changes every minute."), _("{n} have come.").format(n=came)
    )


async def _remember_door(
    database: Database, chat_id: int, activity_id: int, until: datetime, window: int, sent: Json
) -> None:  # fmt: skip
    async with database.writing() as session:
        await check_ins.open_door(session, chat_id, int(sent["message_id"]), activity_id, until, window)


async def check_in(talk: Talk, code: str) -> None:
    """A rider scanned the code at the door, `ci_<code>`."""
    activity_id = check_ins.read(talk.session, code, talk.now)
    row = await activities.published(talk.session, activity_id)
    if not row.starts_at - check_ins.OPEN_BEFORE <= talk.now <= row.ends_at + check_ins.OPEN_AFTER:
        raise check_ins.CodeIsOld
    mine = await sign_ups.check_in(talk.session, activity_id, talk.person.id, talk.now)
    said = talk._("👋 Welcome! You have a free place.") if mine.walked_in else talk._("👋 Welcome! You are checked in.")
    talk.say(Markup("{}\n<b>{}</b>").format(said, row.title))


async def begin_typing(talk: Talk, activity_id: int) -> None:
    await forms.begin(talk, _TYPED, {"_id": activity_id})


async def _read_who(talk: Talk) -> Value:
    text = forms.clean(talk.text)
    if not 1 <= len(text) <= 60:
        raise NotAnAnswer(talk._("The number of the place, the member number, or the name of a member."))
    return text


async def _typed(talk: Talk, answers: Answers) -> None:
    """By the number of the place, by № and the member number, or by a member's name."""
    activity_id, text = int(str(answers["_id"])), str(answers["who"]).removeprefix("№").strip()
    people = await sign_ups.people_of(talk.session, activity_id, tuple(STATES))
    names = await names_of(talk, people)
    found = [one for one in people if text in (str(one.id), names.get(one.person_id))]
    if not found and text.isascii() and text.isdigit() and len(text) < 10:
        member = await memberships.by_number(talk.session, int(text))
        found = [one for one in people if member is not None and one.person_id == member.person_id]
    again = [[Button(talk._("⌨ Type a number or name"), f"doortype:{activity_id}")]]
    if len(found) != 1:
        talk.say(talk._("{n} people fit this. Please use the number of the place.").format(n=len(found)), again)
        return
    row = await sign_ups.check_in(talk.session, activity_id, found[0].person_id, talk.now)
    name = names.get(row.person_id, "")
    talk.say(Markup("👋 {} <b>{}</b> {}").format(talk._("Checked in:"), row.id, name), again)


_TYPED = Form(
    name="check_in",
    title=lambda talk: talk._("Check-in"),
    questions=(
        Question(
            key="who", title=lambda talk: talk._("Who"), read=_read_who,
            ask=lambda talk, _: talk._("The number of the place, the member number, or the name of a member?"),
        ),
    ),
    done=_typed,
    review=False,
    right=Right.RUN_ACTIVITIES,
)  # fmt: skip


async def show_rounds(talk: Talk, activity_id: int) -> None:
    """Heats, semi-final, final: when, and who goes on."""
    row = await _found(talk, activity_id)
    lines = [Markup("🏆 <b>{}</b>").format(row.title)]
    rows = []
    zone = talk.house.organisation.zone
    for one in await rounds.of(talk.session, row.id):
        people = await rounds.who(talk.session, row.id, one.number)
        when = words.moment(one.starts_at, talk.now, zone, talk.language)
        lines.append(Markup("{}. <b>{}</b> · {} · {}").format(one.number, one.title, when, len(people)))
        if one.number > 1:
            label = talk._("Who goes on to: {round}").format(round=one.title)
            rows.append([Button(label[:60], f"roundwho:{row.id}:{one.number}")])
    if len(lines) == 1:
        lines.append(Markup("{}").format(talk._("No rounds yet. The first is for all who have a place.")))
    rows += [[Button(talk._("➕ A round"), f"roundnew:{row.id}")], [Button(talk._("◀ Back"), f"ad:{row.id}")]]
    talk.edit(Markup("\n").join(lines), rows)


async def begin_round(talk: Talk, activity_id: int) -> None:
    await _found(talk, activity_id)
    await forms.begin(talk, _ROUND, {"_id": activity_id})


async def _round_made(talk: Talk, answers: Answers) -> None:
    starts_at = datetime.fromisoformat(str(answers["starts"]))
    made = await rounds.add(talk.session, int(str(answers["_id"])), str(answers["title"]), starts_at)
    back = [[Button(talk._("🏆 Rounds"), f"rounds:{made.activity_id}")]]
    talk.say(talk._("Round {n} is planned.").format(n=made.number), back)


_ROUND = Form(
    name="activity_round",
    title=lambda talk: talk._("Round"),
    questions=(
        Question(
            key="title", title=lambda talk: talk._("Title"),
            ask=lambda talk, _: talk._("What is the round called? For example: Semi-final"),
            read=short_text(2, 80, lambda talk: talk._("2 to 80 letters, please.")),
        ),
        Question(
            key="starts", title=lambda talk: talk._("Begins"), read=read_moment,
            ask=lambda talk, _: talk._("When does it begin? Write it like 2026-11-28 15:00."),
        ),
    ),
    done=_round_made,
    review=False,
    right=Right.RUN_ACTIVITIES,
)  # fmt: skip


async def choose_who(talk: Talk, activity_id: int, number: int) -> None:
    """Those of the round before, each on a button."""
    this = await rounds.find(talk.session, activity_id, number)
    people = list(await rounds.who(talk.session, activity_id, number - 1))[:90]
    names = await names_of(talk, people)
    keys = [
        Button(
            ("✅ " if one.round >= number else "") + f"{one.id} {names.get(one.person_id, '')}".strip()[:30],
            f"goeson:{activity_id}:{one.id}:{number}",
        )
        for one in people
    ]
    rows = [keys[at : at + 3] for at in range(0, len(keys), 3)]
    said = talk._("Who goes on to: {round}").format(round=this.title)
    talk.edit(escape(said), [*rows, [Button(talk._("◀ Back"), f"rounds:{activity_id}")]])


async def goes_on(talk: Talk, activity_id: int, sign_up_id: int, number: int) -> None:
    """On or off; who goes on is told."""
    on = await rounds.advance(talk.session, activity_id, sign_up_id, number)
    if on:
        this = await rounds.find(talk.session, activity_id, number)
        row = await talk.session.get(SignUp, sign_up_id)
        if row is not None:
            when = this.starts_at.isoformat()
            talk.notify(row.person_id, "next_round", id=activity_id, round=this.title, when=when)
    await talk.session.flush()
    await choose_who(talk, activity_id, number)


async def rate(talk: Talk, activity_id: int, stars: int) -> None:
    await sign_ups.rate(talk.session, activity_id, talk.person.id, stars)
    talk.edit(talk._("Thank you: {stars}").format(stars="⭐" * stars))
    await forms.begin(talk, _COMMENT, {"_id": activity_id, "_stars": stars})


async def _commented(talk: Talk, answers: Answers) -> None:
    text = str(answers.get("comment") or "")
    activity_id, stars = int(str(answers["_id"])), int(str(answers["_stars"]))
    await sign_ups.rate(talk.session, activity_id, talk.person.id, stars, text)
    talk.say(talk._("Thank you! It helps to make the next one better."))


_COMMENT = Form(
    name="activity_comment",
    title=lambda talk: talk._("Comment"),
    questions=(
        Question(
            key="comment", title=lambda talk: talk._("Comment"), optional=True,
            ask=lambda talk, _: talk._("What was good, what should be better? Up to 500 letters, or skip."),
            read=short_text(1, 500, lambda talk: talk._("1 to 500 letters, please.")),
        ),
    ),
    done=_commented,
    review=False,
)  # fmt: skip


def thanks_words(_house: House, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = texts.translator(language)
    text = Markup("🙏 {} <b>{}</b>\n{}").format(_("Thank you for having been at"), params["title"], _("How was it?"))
    return text, [[Button("⭐" * stars, f"rate:{params['id']}:{stars}")] for stars in (5, 4, 3, 2, 1)]


def next_round_words(house: House, language: str, params: Mapping[str, Any]) -> tuple[str, Buttons]:
    _ = texts.translator(language)
    when = words.moment(datetime.fromisoformat(params["when"]), params["now"], house.organisation.zone, language)
    text = Markup("🏆 <b>{}</b>\n{}").format(
        params["title"], _("You go on to: {round}, {when}").format(round=params["round"], when=when)
    )
    return text, [[Button(_("Look at it"), f"act:{params['id']}")]]
