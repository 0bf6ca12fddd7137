"""Repeats a draw from its published file. It needs Python 3.10 or newer, and nothing else: no network, no other file,
no library.

    python verify_draw.py DRAW.json
    python verify_draw.py DRAW.json 17         (says what became of ticket 17, too)

At the opening the SHA-256 of a secret seed was announced, at the close that of the list of tickets, and only then the
seed. This program checks that the file is exactly as it was written (every byte), that seed and list have the SHA-256
that the file names, and that the tickets were drawn in the order that follows from the two: that of the SHA-256 of
"SEED/LIST/NUMBER" for each ticket's number, the lowest first, with SEED in hexadecimal and LIST the SHA-256 of the
list. From the front, tickets get places as long as enough are left for one and its guests; that one and all behind it
form the waiting list.

What you do yourself: compare the two SHA-256 with those that you were told before the draw, and look whether your
ticket stands in the list with its code. What no program can check is who holds the other tickets.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

FORMAT = "nuanxin-draw-1"
TICKET = re.compile(r"([1-9][0-9]{0,17}) ([0-9A-Za-z_]{1,40}) ([1-9][0-9]?)")
UNSEEN = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028-\\u202e\\u2066-\\u2069]")
"""Control characters, line ends and changes of direction: with them a title could write over what is reported."""
SEED = re.compile(r"(?:[0-9a-f]{2}){16,32}")
CLOSED: dict[str, Any] = {"commitment": str, "of": str, "places": int, "tickets": list}
SHAPE: dict[str, Any] = {
    "closed": CLOSED,
    "closed_sha256": str,
    "drawn": list,
    "format": str,
    "seed": str,
    "sha256": str,
}


class Fault(Exception):
    """The file is not what it says; the text says in what."""


def canonical(value: Any) -> bytes:
    """The one way in which a draw is written."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def digest(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def ensure(holds: object, fault: str) -> None:
    """Raises Fault: it does not hold."""
    if not holds:
        raise Fault(fault)


def ensure_shape(value: Any, shape: Any, where: str) -> None:
    """Raises Fault: it has other names, or values of another kind."""
    if isinstance(shape, dict):
        ensure(type(value) is dict and value.keys() == shape.keys(), f"{where}: not the names that stand there")
        for name, kind in shape.items():
            ensure_shape(value[name], kind, f"{where}.{name}")
    else:
        ensure(type(value) is shape, f"{where}: not of its kind")
        ensure(type(value) is not int or value >= 0, f"{where}: below zero")


def in_drawn_order(seed: str, closed_sha256: str, numbers: Iterable[int]) -> list[int]:
    """Ticket numbers in the order in which they are drawn."""

    def key(number: int) -> tuple[str, int]:
        return hashlib.sha256(f"{seed}/{closed_sha256}/{number}".encode()).hexdigest(), number

    return sorted(numbers, key=key)


def count_placed(sizes: Sequence[int], places: int) -> int:
    """How many tickets from the front get their places; `sizes` is how many each needs, in the drawn order."""
    for at, size in enumerate(sizes):
        if size > places:
            return at
        places -= size
    return len(sizes)


def verify(content: bytes) -> dict[str, Any]:
    """The draw that these bytes hold, repeated.

    Raises:
        Fault: see the class.
    """
    draw = _read(content)
    closed, seed = draw["closed"], draw["seed"]
    sizes = sizes_of(closed["tickets"])
    ensure(not UNSEEN.search(closed["of"]), "the title has characters that change what this program shows")
    ensure(SEED.fullmatch(seed), "the seed is none")
    ensure(hashlib.sha256(bytes.fromhex(seed)).hexdigest() == closed["commitment"], "this is not the announced seed")
    ensure(digest(closed) == draw["closed_sha256"], "this is not the announced list")
    ensure(draw["drawn"] == in_drawn_order(seed, draw["closed_sha256"], sizes), "the tickets were not drawn like this")
    return draw


def _read(content: bytes) -> dict[str, Any]:
    try:
        draw: dict[str, Any] = json.loads(content.decode("utf-8"))
        written = canonical(draw)
    except (ValueError, RecursionError):
        raise Fault("this is no JSON in UTF-8") from None
    ensure_shape(draw, SHAPE, "draw")
    ensure(draw["format"] == FORMAT, "this is no draw, or one of another version")
    ensure(written == content, "the file is not written as a draw is: something in it was changed")
    rest = {name: value for name, value in draw.items() if name != "sha256"}
    ensure(digest(rest) == draw["sha256"], "something in the file was changed")
    return draw


def sizes_of(tickets: Sequence[Any]) -> dict[int, int]:
    """How many places each ticket needs, by its number. Raises Fault: they are not listed as tickets are."""
    sizes: dict[int, int] = {}
    last = 0
    for ticket in tickets:
        found = TICKET.fullmatch(ticket) if type(ticket) is str else None
        ensure(found is not None, f"no ticket: {str(ticket)[:60]!r}")
        assert found is not None
        number = int(found[1])
        ensure(number > last, f"tickets are listed in order, each once: {number} is not")
        sizes[number] = int(found[3])
        last = number
    return sizes


def placed_of(draw: dict[str, Any]) -> int:
    """How many of the drawn tickets got places."""
    sizes = sizes_of(draw["closed"]["tickets"])
    return count_placed([sizes[number] for number in draw["drawn"]], draw["closed"]["places"])


def report(content: bytes, ticket: int = 0) -> list[str]:
    """Lines that say what was found."""
    draw = verify(content)
    closed, drawn = draw["closed"], draw["drawn"]
    placed = placed_of(draw)
    lines = [
        closed["of"],
        f"announced at the opening, SHA-256 of the seed: {closed['commitment']}",
        f"announced at the close, SHA-256 of the list:   {draw['closed_sha256']}",
        f"the seed: {draw['seed']}",
        f"{len(drawn)} tickets, {closed['places']} places",
        f"drawn:        {', '.join(map(str, drawn[:placed])) or 'nobody'}",
        f"waiting list: {', '.join(map(str, drawn[placed:])) or 'nobody'}",
    ]
    if ticket:
        lines.append(_told(ticket, draw, placed))
    return lines


def _told(ticket: int, draw: dict[str, Any], placed: int) -> str:
    if ticket not in draw["drawn"]:
        return f"ticket {ticket}: not in the list"
    at = draw["drawn"].index(ticket)
    code = next(one.split(" ")[1] for one in draw["closed"]["tickets"] if one.startswith(f"{ticket} "))
    outcome = "has a place" if at < placed else f"number {at - placed + 1} on the waiting list"
    return f"ticket {ticket} with the code {code}: drawn as number {at + 1}, {outcome}"


def main(arguments: Sequence[str]) -> int:
    """0: the draw is as it was published; 1: it is not; 2: called without a file."""
    if not 1 <= len(arguments) <= 2 or (len(arguments) == 2 and not arguments[1].isdecimal()):
        sys.stdout.write(__doc__ or "")
        return 2
    try:
        content = Path(arguments[0]).read_bytes()
        lines = report(content, int(arguments[1]) if len(arguments) == 2 else 0)
    except OSError as failure:
        sys.stdout.write(f"{arguments[0]}: {failure.strerror}\n")
        return 1
    except Fault as fault:
        sys.stdout.write(f"NOT as it was published: {fault}\n")
        return 1
    sys.stdout.write("\n".join([*lines, "", "Repeated: everything in the file agrees.", ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
