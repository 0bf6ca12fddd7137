"""Draws: every one can be repeated from its file, and every changed byte of that is found."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.draws import drawing, verify
from storage.draws.drawing import Ticket

TICKETS = st.lists(
    st.builds(Ticket, st.integers(1, 10**6), st.just("K7Q2M9XT"), st.integers(1, 4)), unique_by=lambda one: one.number
)
SEED = bytes(range(32))
FEW = [Ticket(2, "BBBBBBBB", 3), Ticket(1, "AAAAAAAA"), Ticket(7, "CCCCCCCC")]


def made(tickets: list[Ticket], places: int = 2, seed: bytes = SEED) -> bytes:
    return drawing.published(drawing.closed("3x3 篮球", places, tickets, drawing.commitment(seed)), seed)


@settings(max_examples=60, deadline=None)
@given(TICKETS, st.integers(0, 30), st.binary(min_size=32, max_size=32))
def test_a_draw_is_an_order_of_all_tickets_that_anybody_can_repeat(
    tickets: list[Ticket], places: int, seed: bytes
) -> None:
    content = made(tickets, places, seed)
    drawn = drawing.read(content)
    assert sorted(drawn.order) == sorted(one.number for one in tickets)
    assert content == made(list(reversed(tickets)), places, seed)
    sizes = {one.number: one.size for one in tickets}
    assert sum(sizes[number] for number in drawn.order[: drawn.placed]) <= places
    if drawn.placed < len(drawn.order):
        assert sum(sizes[number] for number in drawn.order[: drawn.placed + 1]) > places
        assert drawn.position(drawn.order[drawn.placed]) == 1


def test_every_changed_byte_is_found() -> None:
    content = made(FEW)
    verify.verify(content)
    for at in range(len(content)):
        for changed in (content[at] ^ 1, content[at] ^ 0x20):
            forged = content[:at] + bytes([changed]) + content[at + 1 :]
            with pytest.raises(verify.Fault):
                verify.verify(forged)
    for forged in (content[:-1], content + b"\n", b"", b"[]", b'{"format":"nuanxin-draw-1"}'):
        with pytest.raises(verify.Fault):
            verify.verify(forged)


@pytest.mark.parametrize("of", ["seed", "list", "order", "twice", "no ticket"])
def test_a_file_that_was_written_anew_is_found_by_what_was_announced(of: str) -> None:
    """The SHA-256 of the whole file is no protection against whoever writes it: seed, list and order have to fit."""
    draw = json.loads(made(FEW))
    if of == "seed":
        draw["seed"] = bytes(32).hex()
    if of == "list":
        draw["closed"]["tickets"].append("9 DDDDDDDD 1")
    if of == "order":
        draw["drawn"].reverse()
    if of == "twice":
        draw["closed"]["tickets"].insert(0, draw["closed"]["tickets"][0])
    if of == "no ticket":
        draw["closed"]["tickets"][0] = "１ AAAAAAAA 1"
    draw["sha256"] = verify.digest({name: value for name, value in draw.items() if name != "sha256"})
    with pytest.raises(verify.Fault, match=r"announced|drawn|once|no ticket"):
        verify.verify(verify.canonical(draw))


@pytest.mark.parametrize("trick", ["\nannounced at the close: 00", "\x1b[8m", "\u2028", "\u202e", "\u2066", "\x9b8m"])
def test_no_title_writes_lines_of_its_own_into_the_report(trick: str) -> None:
    """A forged file would show the SHA-256 that somebody was told, and hide its own."""
    content = drawing.published(drawing.closed(f"3x3{trick}", 2, FEW, drawing.commitment(SEED)), SEED)
    with pytest.raises(verify.Fault, match="title"):
        verify.report(content)
    verify.report(drawing.published(drawing.closed("3x3 👩‍🚀 𰻝 مى‌خواهم", 2, FEW, drawing.commitment(SEED)), SEED))


def test_who_joins_or_leaves_changes_the_whole_order() -> None:
    """So nobody can tell from the seed alone what a ticket is worth."""
    many = [Ticket(number, "AAAAAAAA") for number in range(1, 41)]
    all_of_them, without_last = (drawing.read(made(some)).order for some in (many, many[:-1]))
    assert [number for number in all_of_them if number != 40] != without_last


@pytest.mark.parametrize("arguments", [["storage/draws/verify.py"], ["-m", "bot", "draw", "verify"]])
def test_the_program_that_is_handed_out_needs_nothing_else(arguments: list[str], tmp_path: Path) -> None:
    file = tmp_path / "draw.json"
    file.write_bytes(made(FEW, places=1))
    isolated = ["-I"] if arguments[0].endswith(".py") else []

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *isolated, *arguments, *more]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    good = run(str(file), "7")
    assert good.returncode == 0 and "everything in the file agrees" in good.stdout
    assert "ticket 7 with the code CCCCCCCC: drawn as number" in good.stdout
    file.write_bytes(file.read_bytes().replace(b"CCCCCCCC", b"CCCCCCCD"))
    bad = run(str(file))
    assert bad.returncode == 1 and "NOT as it was published" in bad.stdout + bad.stderr
