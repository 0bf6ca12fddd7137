"""/honours: for honoured people what is theirs, for everybody the way to nominate, for coordinators the register."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from handlers.cases import presses as case_presses
from handlers.chat.outings import Outings
from handlers.chat.press import Button, Page
from handlers.chat.routes import Routes
from handlers.chat.subjects import Subject
from handlers.chat.talk import Talk
from handlers.honours import presses, words
from handlers.i18n.formatting import labelled
from handlers.i18n.translations import N_, number
from storage.honours import register, situations, trips
from storage.honours.table import LIVING, Honoured
from storage.people.access import Right

DESK = "honours"
"""The desk at which nominations are brought and reviewed."""
SUBJECT = Subject(
    N_("🏅 Honours"),
    {
        "zh_Hans": "劳模、劳动模范、先进、评优、评先、奖章、荣誉、工匠、疗休养、疗养",
        "en": "honour, honours, nominate, nomination, model worker, medal, award, convalescence",
    },
)


class HonoursPages:
    """The first page, for whoever opens it."""

    def __init__(self, outings: Outings | None) -> None:
        """`outings` leads to the activity of a trip."""
        self._outings = outings

    def register(self, routes: Routes) -> None:
        routes.command(
            "honours", self.command, about=N_("Honours: nominate, your entry, trips"), writes=False, subject=SUBJECT
        )
        routes.press(presses.PAGE, self.again, writes=False)

    async def command(self, talk: Talk) -> None:
        talk.say(*await self._page(talk))

    async def again(self, talk: Talk) -> None:
        talk.edit(*await self._page(talk))

    async def _page(self, talk: Talk) -> Page:
        mine = await register.of_person(talk.session, talk.person.id)
        lines = [Markup("🏅 <b>{}</b>").format(talk._("Honours"))]
        rows: list[Sequence[Button]] = []
        if mine:
            lines += ["• " + words.line(talk, row) for row in mine]
            rows += await self._own_buttons(talk, mine)
        lines.append(Markup.escape(talk._("Nominate yourself or a colleague, and see where your nominations stand.")))
        if DESK in talk.context.settings.desks:
            rows.append([case_presses.OPEN_DESK.button(talk._("✍ Nominate · my nominations"), DESK)])
        if talk.person.may(Right.KEEP_HONOURS):
            lines += [Markup(""), *await _register_lines(talk)]
            rows += _register_buttons(talk)
        return Markup("\n").join(lines), rows

    async def _own_buttons(self, talk: Talk, mine: Sequence[Honoured]) -> list[Sequence[Button]]:
        """The survey of the situation while it is open, and the trips that are offered."""
        rows: list[Sequence[Button]] = []
        survey = await situations.current(talk.session, talk.now)
        if survey is not None and any(row.state in LIVING for row in mine):
            answered = await situations.answer_of(talk.session, survey.id, [row.id for row in mine])
            label = talk._("📋 How are you? {year}") if answered is None else talk._("📋 {year}: change my answers")
            rows.append([presses.ANSWER_SITUATION.button(label.format(year=survey.year), survey.id)])
        for trip, _ in await trips.offered_to(talk.session, talk.person.id, talk.now):
            if self._outings is not None and trip.activity_id is not None:
                rows.append([self._outings.sign_up_button(f"🌴 {trip.title}", trip.activity_id)])
        return rows


async def _register_lines(talk: Talk) -> list[Markup]:
    """How many entries are in which state; never who."""
    counts = await register.counts(talk.session)
    said = [
        f"{talk._(label)} {number(counts[state], talk.language)}"
        for state, label in words.STATES.items()
        if counts.get(state)
    ]
    return [labelled(talk._, talk._("The register"), " · ".join(said) or talk._("nobody yet"))]


def _register_buttons(talk: Talk) -> list[Sequence[Button]]:
    return [
        [
            presses.TURN_LIST.button(talk._("📖 The register"), 0),
            presses.BEGIN_SEARCH.button(talk._("🔎 Find someone")),
        ],
        [
            presses.BEGIN_ADDING.button(talk._("➕ Add an entry")),
            presses.BEGIN_IMPORT.button(talk._("📥 Import a file")),
        ],
        [
            presses.SITUATION.button(talk._("📋 Yearly survey")),
            presses.TRIPS.button(talk._("🌴 Trips")),
        ],
    ]
