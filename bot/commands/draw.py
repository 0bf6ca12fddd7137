"""`draw verify`: anybody repeats a draw, on a computer that has neither config nor database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.base import explained, fail


def verify(
    file: Annotated[Path, typer.Argument(help="The published file of the draw.")],
    ticket: Annotated[int, typer.Argument(help="The number of a ticket to look for.")] = 0,
) -> None:
    """Repeats a published draw, as the stand-alone verify_draw.py does."""
    from storage.draws import verify as repeat

    with explained():
        content = file.read_bytes()
    try:
        typer.echo("\n".join(repeat.report(content, ticket)))
    except repeat.Fault as fault:
        fail(f"{file}: NOT as it was published: {fault}")
    typer.echo("\nRepeated: everything in the file agrees.")
