"""The pay book as a file: PDF and CSV, signed by the organisation, so that it proves when each shift was noted."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from markupsafe import Markup

from handlers.chat.press import Button
from handlers.chat.replies import File
from handlers.chat.reports import Block, Heading, Paragraph, Report, Table
from handlers.chat.routes import Routes
from handlers.chat.talk import Talk
from handlers.csv_files import sheet
from handlers.i18n.translations import full_date, number
from handlers.pay import presses, words
from storage import signing, verify_signature
from storage.pay import entries, sums
from storage.pay.entries import Entry, Version
from storage.pay.shifts import NOT_SAID


@cache
def _script() -> bytes:
    """What checks a signature, on any computer with Python."""
    return Path(verify_signature.__file__).read_bytes()


def register(routes: Routes) -> None:
    routes.press(presses.EXPORT, choose, writes=False)
    routes.press(presses.PDF, pdf)
    routes.press(presses.CSV, csv)
    routes.press(presses.FOR_CASE, for_case)


async def choose(talk: Talk) -> None:
    text = talk._(
        "Your pay book as a file, signed by {organisation}: it shows what you noted, when you noted it, "
        "and that nothing has been changed since. The file is not encrypted: anyone who has it can read "
        "it."
    ).format(organisation=talk.context.settings.organisation.name)
    talk.edit(
        Markup.escape(text),
        [
            [presses.PDF.button(talk._("📄 PDF")), presses.CSV.button(talk._("🧾 CSV"))],
            [presses.BOOK.button(talk._("📒 My pay book"))],
        ],
    )


async def pdf(talk: Talk) -> None:
    kept = await entries.all_of(talk.session, talk.person.id)
    content = await talk.context.ports.reports.pdf(await _report(talk, kept))
    await _send(talk, "pay-book.pdf", content)


async def offer_as_evidence(talk: Talk) -> Sequence[Button]:
    """To whoever has opened a case about pay, and keeps a book."""
    if not await entries.has_any(talk.session, talk.person.id):
        return []
    return [presses.FOR_CASE.button(talk._("📒 Pay book as evidence"))]


async def own_files(talk: Talk) -> Sequence[File]:
    """The signed PDF and its signature, as evidence; none if there is no book."""
    kept = await entries.all_of(talk.session, talk.person.id)
    if not kept:
        return []
    name = "pay-book.pdf"
    content = await talk.context.ports.reports.pdf(await _report(talk, kept))
    signature = await signing.sign(talk.session, content, talk.now)
    return [File(name, content), File(f"{name}.signature.json", signature.text)]


async def for_case(talk: Talk) -> None:
    """The signed file, for its owner to hand on: nobody but them puts it into a case."""
    await pdf(talk)
    talk.say(
        talk._("Here is your signed pay book. Forward me the PDF and its signature, and I'll add them to your case.")
    )


async def csv(talk: Talk) -> None:
    kept = await entries.all_of(talk.session, talk.person.id)
    header = ["day", "hours", "orders", "money", "bonus", "fines", "costs", "platform", "noted", "replaced", "began"]
    await _send(talk, "pay-book.csv", sheet(header, [row for entry in kept for row in _csv_rows(entry)]))


def _csv_rows(entry: Entry) -> list[Sequence[object]]:
    """All versions of an entry, each with the time from which the next one held."""
    rows: list[Sequence[object]] = []
    following: list[Version | None] = [*entry.versions[1:], None]
    for version, later in zip(entry.versions, following, strict=True):
        one = version.shift
        money = [value / 100 for value in (one.money, one.bonus, one.fines, one.costs)]
        replaced = None if later is None else later.at.isoformat(timespec="seconds")
        noted = version.at.isoformat(timespec="seconds")
        began = f"{one.began:02d}:00" if one.began >= 0 else None
        hours = round(one.minutes / 60, 2)
        orders = None if one.orders == NOT_SAID else one.orders
        rows.append([entry.day.isoformat(), hours, orders, *money, one.platform, noted, replaced, began])
    return rows


async def _report(talk: Talk, kept: Sequence[Entry]) -> Report:
    organisation = talk.context.settings.organisation
    key = await signing.public_key(talk.session)
    span = ""
    if kept:
        span = f"{full_date(kept[0].day, talk.language)} – {full_date(kept[-1].day, talk.language)}"
    proof = talk._(
        "Each line was recorded at the time in the last column and can't be backdated. The file comes "
        "with a signature (Ed25519). Public key of {organisation}: {key}. Check it with "
        "verify_signature.py."
    ).format(organisation=organisation.name, key=key)
    blocks: list[Block] = [
        Paragraph(words.sum_words(talk.view, sums.total(kept))),
        Paragraph(words.rate_words(talk.view, sums.total(kept))),
        Heading(talk._("Shifts")),
        _table(talk, kept),
        Paragraph(proof),
    ]
    return Report(talk._("Pay book"), span, organisation.name, talk.now, blocks)


def _table(talk: Talk, kept: Sequence[Entry]) -> Table:
    header = [
        talk._("Day"),
        talk._("Hours"),
        talk._("Orders"),
        talk._("Money"),
        talk._("Bonus, fines, costs"),
        talk._("Noted"),
    ]
    rows = []
    for entry in kept:
        for version in entry.versions:
            one = version.shift
            is_old = version is not entry.versions[-1]
            noted = talk.view.stamp(version.at)
            rows.append(
                [
                    full_date(entry.day, talk.language),
                    number(round(one.minutes / 60, 2), talk.language, 2),
                    "" if one.orders == NOT_SAID else number(one.orders, talk.language),
                    words.amount(talk.view, one.money),
                    " ".join(words.extras(talk.view, one)),
                    talk._("{moment} (replaced)").format(moment=noted) if is_old else noted,
                ]
            )
    return Table(header, rows, (3, 1.4, 1.4, 2, 3.4, 3))


async def _send(talk: Talk, name: str, content: bytes) -> None:
    """The file, its signature, and what checks it."""
    signature = await signing.sign(talk.session, content, talk.now)
    talk.document(name, content, "")
    talk.document(f"{name}.signature.json", signature.text, "")
    talk.document("verify_signature.py", _script(), _what_for(talk, name, signature.public_key))


def _what_for(talk: Talk, name: str, public_key: str) -> Markup:
    """Whom the rider gives the files to; then, for those people, how they are checked."""
    given = talk._(
        "Give the two files above together to whoever needs proof of your pay: your lawyer, the union, labour "
        "arbitration or a court. Anybody can check with this third file that {organisation} signed them and that "
        "nothing was changed since."
    ).format(organisation=talk.context.settings.organisation.name)
    checked = talk._("For whoever checks, on a computer with Python: {command}")
    command = f"python3 verify_signature.py {name} {name}.signature.json {public_key}"
    coded = Markup.escape(checked).format(command=Markup("<code>{}</code>").format(command))
    return Markup("{}\n\n{}").format(given, coded)
