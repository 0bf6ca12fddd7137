"""/audit: who did what to whose data or rights, to be searched by person and by act."""

from __future__ import annotations

from markupsafe import Markup

from handlers.admin import presses
from handlers.chat.press import Buttons, InvalidCallback
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.i18n.translations import N_
from handlers.inputs.date import show_moment
from handlers.inputs.person import person_meant
from storage import audit
from storage.audit import THE_CLOCK, Act, Entry
from storage.people.access import Right

PAGE = 10
ANY = "any"

ACTS: dict[Act, str] = {
    Act.URGENT_BROADCAST: N_("urgent broadcast sent"),
    Act.ROLE_GRANTED: N_("role given"),
    Act.ROLE_TAKEN: N_("role taken"),
    Act.APPLICATION_READ: N_("application read"),
    Act.APPLICATION_APPROVED: N_("application approved"),
    Act.APPLICATION_REFUSED: N_("application refused"),
    Act.APPLICATION_ASKED: N_("applicant asked back"),
    Act.APPLICATION_UNDONE: N_("decision undone"),
    Act.CARD_CHECKED: N_("member's card checked"),
    Act.ATTENDANCE_READ: N_("names at an activity read"),
    Act.CASE_READ: N_("case read by an admin"),
    Act.CASE_CLAIMED: N_("case taken"),
    Act.CASE_ASSIGNED: N_("case given to somebody"),
    Act.CASE_CLOSED: N_("case closed"),
    Act.CASE_CONFLICT: N_("conflict of interest stated"),
    Act.CASE_BUNDLE: N_("evidence bundle made"),
    Act.PERSON_ERASED: N_("somebody erased their data"),
    Act.PERSON_BLOCKED: N_("person kept out"),
    Act.PERSON_LET_IN: N_("person let in again"),
    Act.SETTING_CHANGED: N_("setting changed"),
    Act.STATION_CHANGED: N_("station changed"),
    Act.STATIONS_IMPORTED: N_("stations imported"),
    Act.EXPORTED: N_("data exported"),
    Act.AUDIT_READ: N_("audit log searched"),
}


def register(routes: Routes) -> None:
    right = Right.ADMINISTER
    routes.command("audit", search, about=N_("Who did what"), right=right)
    routes.press(presses.PAGE, page, right=right, writes=False)
    routes.press(presses.CHOOSE_ACT, choose_act, right=right, writes=False)


async def search(talk: Talk) -> None:
    """/audit, /audit 123456 or @name (what they did, and what was done to their data or rights), or as a reply."""
    said, answered = talk.text.partition(" ")[2].strip(), talk.incoming.body.get("reply_to_message") or {}
    who = await person_meant(talk, said, answered)
    if said and who is None:
        talk.say(talk._("I don't know this person. Write /audit with their number or @name."))
        return
    person = int(who[0]) if who else 0
    text, buttons = await _page(talk, ANY, person, 0)
    await audit.note(talk.session, talk.person.id, Act.AUDIT_READ, talk.now, subject=person or None)
    talk.say(text, buttons)


async def page(talk: Talk, act: str, person: int, before: int) -> None:
    """`before` is the row above which nothing is shown; 0 begins with the newest."""
    if act != ANY and act not in list(Act):
        raise InvalidCallback
    talk.edit(*await _page(talk, act, person, before))


async def _page(talk: Talk, act: str, person: int, before: int) -> tuple[Markup, Buttons]:
    found = await audit.search(
        talk.session, PAGE + 1, before=before or None, person=person or None, act=None if act == ANY else Act(act)
    )
    title = (
        talk._("Audit") + (f" · {talk._(ACTS[Act(act)])}" if act != ANY else "") + (f" · {person}" if person else "")
    )
    lines = [Markup("🧾 <b>{}</b>").format(title)]
    lines += [_line(talk, entry) for entry in found[:PAGE]]
    if not found:
        lines.append(Markup("{}").format(talk._("Nothing of the kind.")))
    turn = []
    if before:
        turn.append(presses.PAGE.button(talk._("⏮ Newest"), act, person, 0))
    if len(found) > PAGE:
        turn.append(presses.PAGE.button(talk._("Older ▶"), act, person, found[PAGE - 1].id))
    return Markup("\n").join(lines), [turn, [presses.CHOOSE_ACT.button(talk._("🔎 By kind"), person)]]


def _line(talk: Talk, entry: Entry) -> Markup:
    actor = talk._("the clock") if entry.actor == THE_CLOCK else str(entry.actor)
    whom = f" → {entry.subject}" if entry.subject is not None else ""
    about = f": {entry.about}" if entry.about else ""
    when = show_moment(talk, entry.at)
    return Markup("\n<code>#{}</code> {} · {}\n<b>{}</b>{}{}").format(
        entry.id, when, actor, talk._(ACTS[entry.act]), whom, about[:300]
    )


async def choose_act(talk: Talk, person: int) -> None:
    keys = [presses.PAGE.button(talk._(words), act.value, person, 0) for act, words in ACTS.items()]
    rows = [keys[at : at + 2] for at in range(0, len(keys), 2)]
    talk.edit(talk._("What kind?"), [[presses.PAGE.button(talk._("All"), ANY, person, 0)], *rows])
