"""`ballot`: what trustees do on computers of their own, which have neither config nor database (keygen, open), what
anybody does (verify), and what brings the result in (publish)."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.commands.base import explained, fail, with_database
from storage.campaigns.ballots.boxes import BadBox, Box
from storage.campaigns.ballots.trustee_keys import BadShare, PublicKey, Share

KEY_FILE = "ballot-key.txt"
_SHARE_WORDS = """Share {number} of {trustees} of a ballot's key. Any {threshold} open the box; fewer tell nothing.
Give it to one trustee, on paper or on a stick of theirs, and keep no copy.
It never goes to the bot, or on the union's server.

{share}
"""
_KEY_WORDS = """The public half of a ballot's key, for the union's bot. It is no secret.
{threshold} of {trustees} trustees open the box. Its fingerprint, which the bot shows in the ballot's protocol:
{fingerprint}

{key}
"""


def keygen(
    trustees: Annotated[int, typer.Option(help="How many trustees get a share.")] = 5,
    threshold: Annotated[int, typer.Option(help="How many of them open the box together.")] = 3,
    folder: Annotated[Path, typer.Option(help="Where the files are written.")] = Path(),
) -> None:
    """Makes the key of one ballot, on a trustee's own computer: its public half, and a share for each trustee."""
    from storage.campaigns.ballots import trustee_keys

    try:
        key, shares = trustee_keys.generate(trustees, threshold)
    except ValueError as failure:
        fail(f"ballot keygen: {failure}")
    files = {KEY_FILE: _key_text(key)} | {_share_name(one): _share_text(one) for one in shares}
    with explained():
        folder.mkdir(parents=True, exist_ok=True)
        if taken := [name for name in files if (folder / name).exists()]:
            fail(f"ballot keygen: {folder / taken[0]} is there already; choose another --folder")
        for name, text in files.items():
            _write_private(folder / name, text.encode())
    typer.echo(f"{folder / KEY_FILE}: send this one to the bot (its line can be pasted)")
    for one in shares:
        typer.echo(f"{folder / _share_name(one)}: for one trustee alone; delete it here once they have it")
    typer.echo("the private half was never written; it exists only as these shares")


def _share_name(share: Share) -> str:
    return f"ballot-share-{share.number}-of-{share.trustees}.txt"


def _share_text(share: Share) -> str:
    return _SHARE_WORDS.format(
        number=share.number, trustees=share.trustees, threshold=share.threshold, share=share.text
    )


def _key_text(key: PublicKey) -> str:
    return _KEY_WORDS.format(trustees=key.trustees, threshold=key.threshold, fingerprint=key.fingerprint, key=key.text)


def _write_private(file: Path, content: bytes) -> None:
    """Into a new file that nobody else can read."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(content)


def open_(
    box: Annotated[Path, typer.Argument(help="The closed box, as the bot gave it.")],
    shares: Annotated[list[Path], typer.Argument(help="The trustees' share files, as many as are needed.")],
    out: Annotated[Path | None, typer.Option(help="The result file; else beside the box.")] = None,
    announced: Annotated[
        str, typer.Option(help="The SHA-256 of the box as everybody was told it at the close: no other box is opened.")
    ] = "",
    delete_shares: Annotated[
        bool, typer.Option("--delete-shares", help="Overwrite and delete the share files afterwards.")
    ] = False,
) -> None:
    """Opens the box with the trustees' shares, apart from the server, and writes the result file."""
    from storage.campaigns.ballots import boxes, verify

    target = out or box.with_name(f"{box.stem.removesuffix('-box')}-result.json")
    with explained():
        closed = _box(box)
        _compare(closed, announced)
        read = [_share(file) for file in shares]
    try:
        result = boxes.open_box(closed, read)
    except BadShare as failure:
        fail(f"ballot open: {failure}")
    except boxes.TooFew:
        fail(
            "ballot open: fewer than 20 entitled or 5 votes; such a box is not opened, since it could tell on somebody"
        )
    with explained():
        if target.exists():
            fail(f"ballot open: {target} is there already; choose another with --out")
        target.write_bytes(result)
    typer.echo("\n".join(verify.report(result)))
    typer.echo(f"\n{target}: send this file to the bot")
    typer.echo("the private half of the key was never written, and is destroyed with the end of this command")
    _end_of_shares(shares, deletes=delete_shares)


def _compare(box: Box, announced: str) -> None:
    """Whoever makes up a box of one voter's envelope and a few papers of their own learns that vote from its result."""
    if announced and announced.strip().lower() != box.hash:
        fail(f"ballot open: this is not the box that was announced; its SHA-256 is {box.hash}")
    if not announced:
        typer.echo(f"box of {len(box.envelopes)} papers, SHA-256 {box.hash}")
        typer.echo("not compared with what was announced at the close: do that with --announced SHA256")


def _end_of_shares(shares: list[Path], *, deletes: bool) -> None:
    """As long as enough shares exist, the key can be made again."""
    if not deletes:
        typer.echo("once the result is published, every trustee deletes their share: together they still make the key")
        return
    for file in shares:
        with file.open("r+b") as target:
            target.write(b"\0" * file.stat().st_size)
            target.flush()
            os.fsync(target.fileno())
        file.unlink()
    typer.echo(f"{len(shares)} share files are deleted; every other trustee deletes theirs, too")


def _box(file: Path) -> Box:
    try:
        return Box.read(file.read_bytes())
    except BadBox as failure:
        fail(f"{file}: {failure}")


def _share(file: Path) -> Share:
    try:
        return Share.read(file.read_text("utf-8", "replace"))
    except BadShare as failure:
        fail(f"{file}: {failure}")


def publish(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="The result file of `ballot open`.")]
) -> None:
    """Checks the result against what was announced at the close, publishes it and has everybody told."""
    from bot.config.config import BadConfig, load
    from storage.audit import THE_CLOCK
    from storage.campaigns.ballots import publishing
    from storage.database import Database
    from storage.hours.quiet_hours import QuietHours
    from storage.refusals import Refused

    try:
        config = load(context.obj)
    except BadConfig as faults:
        fail(*faults.lines)
    with explained():
        content = file.read_bytes()

    async def work(database: Database) -> publishing.Result:
        from bot.app import system_clock

        now = system_clock()
        quiet = QuietHours.of(config.reminders.quiet_hours, ZoneInfo(config.organisation.timezone))
        async with database.writing() as session:
            return (await publishing.publish(session, content, THE_CLOCK, now, quiet.until(now) or now))[1]

    try:
        found = with_database(config, work)
    except publishing.BadResult as refusal:
        fail(f"{file}: {refusal.fault}")
    except Refused as refusal:
        fail(f"{file}: {_WHY.get(type(refusal).__name__, type(refusal).__name__)}")
    typer.echo(f"published: {'carried' if found.is_carried else 'not carried'}; file SHA-256 {found.file_hash}")


_WHY = {
    "NoSuchBallot": "no ballot here has this key",
    "BallotMovedOn": "this ballot is not closed, or its result is published already",
}


def verify(
    file: Annotated[Path, typer.Argument(help="The published result file.")],
    receipt: Annotated[list[str] | None, typer.Argument(help="A receipt to look for, as it was shown.")] = None,
) -> None:
    """Recounts a published result, as the stand-alone verify.py does."""
    from storage.campaigns.ballots import verify as recount

    with explained():
        content = file.read_bytes()
    try:
        typer.echo("\n".join(recount.report(content, " ".join(receipt or ()))))
    except recount.Fault as fault:
        fail(f"{file}: NOT as it was published: {fault}")
    typer.echo("\nRecounted: everything in the file agrees.")
