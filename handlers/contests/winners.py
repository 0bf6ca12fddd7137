"""The result: winners, certificates, and the text of an announcement."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

from handlers.broadcasts import presses as broadcasts_presses
from handlers.chat import draw_files
from handlers.chat.pictures import Certificate
from handlers.chat.press import Button
from handlers.chat.reports import Picture, Report
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.chat.view import View
from handlers.contests import presses, words
from handlers.i18n.translations import full_date, number
from storage.contests import certificates, contests, entries, results
from storage.contests.contests import Contest, ContestClosed, Phase, Settings, Tie
from storage.contests.entries import Content, Entry, NoSuchEntry
from storage.contests.ids import ContestId, EntryId
from storage.contests.results import Standing
from storage.people.access import Right

_SHOWN = 10
"""Places of a category on the winners' page."""
_MEMBERS_SHOWN = 1_200
"""Characters of names on it: below those the names of teams alone have room in a message."""


def register(routes: Routes) -> None:
    routes.press(presses.WINNERS, show, writes=False)
    routes.press(presses.CERTIFICATE, certificate, writes=False)
    routes.press(presses.ANNOUNCEMENT, announcement, right=Right.RUN_CONTESTS, writes=False)
    routes.press(presses.DRAW_FILE, send_draw, writes=False)
    routes.link("cert", verify, writes=False)


async def with_result(talk: Talk, contest_id: ContestId) -> Contest:
    """Raises ContestClosed: there is no result yet."""
    row = await contests.find_started(talk.session, contest_id)
    if row.phase is not Phase.RESULT:
        raise ContestClosed
    return row


async def show(talk: Talk, contest_id: ContestId) -> None:
    row = await with_result(talk, contest_id)
    lines = [words.heading(row), Markup("<b>{}</b>").format(talk._("🏅 Winners"))]
    lines += await _places(talk, row)
    rows = [[presses.SHOW.button(talk._("◀ Back"), row.id)]]
    if contests.settings_of(row).tie is Tie.DRAW:
        rows.insert(0, [presses.DRAW_FILE.button(talk._("📄 Check the draw"), row.id)])
    talk.edit(Markup("\n").join(lines), rows)


async def send_draw(talk: Talk, contest_id: ContestId) -> None:
    """The order of all entries that decided, and the program that repeats it. Raises ContestClosed: there is none."""
    row = await with_result(talk, contest_id)
    if contests.settings_of(row).tie is not Tie.DRAW:
        raise ContestClosed
    await draw_files.send(talk, f"contest-{row.id}-draw.json", await results.draw_of(talk.session, row))


async def _places(talk: Talk, row: Contest) -> list[Markup]:
    """By category, with what each came to; as many as have room in a message."""
    settings = contests.settings_of(row)
    standings = await results.standings(talk.session, row)
    shown = max(len(settings.prizes), _SHOWN // len(settings.categories), 1)
    lines = []
    room = _MEMBERS_SHOWN
    for at, category in enumerate(settings.categories):
        lines.append(Markup("\n<b>{}</b>").format(category))
        for one in [one for one in standings[at] if one.place <= shown][: shown + 2]:
            content = entries.content_of(talk.session, await entries.find(talk.session, one.entry_id))
            room -= len(content.entrant)
            entrant = content.entrant if room > 0 else content.by
            lines.append(_place(talk.view, one, content, entrant, settings))
    return lines


def _place(view: View, one: Standing, content: Content, entrant: str, settings: Settings) -> Markup:
    prize = settings.prizes[one.place - 1] if one.place <= len(settings.prizes) else ""
    points = view._("result {n}").format(n=number(float(round(one.total, 1)), view.language, 1))
    votes = view.plural("{n} vote", "{n} votes", one.votes).format(n=number(one.votes, view.language))
    line = Markup("{} {}. <b>{}</b> · {}").format(words.medal(one.place), one.place, content.title, entrant)
    came_to = [view._("entry no. {n}").format(n=one.entry_id)] if settings.is_drawn else [points, votes]
    details = [*came_to, *([f"🎁 {prize}"] if prize else [])]
    return line + Markup("\n   {}").format(" · ".join(details))


async def certificate(talk: Talk, entry_id: EntryId) -> None:
    """One's own, or one's team's, as a picture and as a PDF to be printed."""
    row = await entries.find_for_entrant(talk.session, entry_id, talk.person.id)
    secret = certificates.secret_of(talk.session, row)
    if not secret:
        raise NoSuchEntry
    contest = await with_result(talk, row.contest_id)
    content = entries.content_of(talk.session, row)
    organisation = talk.context.settings.organisation.name
    ports = talk.context.ports
    drawn = Certificate(
        organisation=organisation,
        title=talk._("Certificate"),
        name=content.by,
        members=" · ".join(content.members),
        reached=_reached(talk, contest, row),
        work=talk._("“{title}”").format(title=content.title),
        day=_day(talk, contest),
        link=talk.context.link(f"cert_{secret}"),
        hint=talk._("Scan to check it"),
    )
    png = await ports.painter.certificate_png(drawn)
    talk.photo(png, escape(talk._("Anyone who scans the code can see what your entry achieved.")))
    report = Report(contest.title, content.entrant, organisation, talk.now, [Picture(png)])
    talk.document("certificate.pdf", await ports.reports.pdf(report), "")


def _day(talk: Talk, contest: Contest) -> str:
    """On which the places were fixed, where the organisation is."""
    at = contest.decided_at or talk.now
    return full_date(at.astimezone(talk.context.settings.organisation.zone).date(), talk.language)


def _reached(talk: Talk, contest: Contest, row: Entry) -> Sequence[str]:
    """The contest, and the place in its category."""
    place = talk._("Place {n} in “{category}”").format(
        n=row.place, category=contests.settings_of(contest).categories[row.category]
    )
    return [contest.title, place]


async def verify(talk: Talk, secret: str) -> None:
    """Somebody scanned a certificate."""
    row = await certificates.find(talk.session, secret)
    if row is None or row.place is None:
        talk.say(talk._("❌ This certificate isn't on record. It may have been withdrawn."))
        return
    contest = await contests.find(talk.session, row.contest_id)
    content = entries.content_of(talk.session, row)
    lines = [
        Markup("✅ <b>{}</b>").format(talk._("Valid certificate")),
        *map(Markup.escape, _reached(talk, contest, row)),
        Markup("{} · {}").format(content.title, content.entrant),
    ]
    talk.say(Markup("\n").join(lines))


async def announcement(talk: Talk, contest_id: ContestId) -> None:
    """The winners in words that a broadcast can take as they are."""
    row = await with_result(talk, contest_id)
    begin = broadcasts_presses.BEGIN_WITH_THIS.button(talk._("📣 Make it a broadcast"))
    talk.say(
        Markup("\n").join(
            [words.heading(row), escape(talk._("The winners have been announced.")), *await _places(talk, row)]
        ),
        [[begin], [presses.RUN_SHOW.button(talk._("◀ Back"), row.id)]],
    )


def result_buttons(talk: Talk, row: Contest) -> list[Sequence[Button]]:
    """On the coordinators' page, once the winners are known."""
    if row.phase is not Phase.RESULT:
        return []
    return [
        [presses.WINNERS.button(talk._("🏅 Winners"), row.id)],
        [presses.BOOK.button(talk._("📚 All entries (PDF)"), row.id, "pdf")],
        [presses.BOOK.button(talk._("🌐 All entries (HTML)"), row.id, "html")],
        [presses.ANNOUNCEMENT.button(talk._("📣 Announcement"), row.id)],
    ]
