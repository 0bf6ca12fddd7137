"""Recounts the published result of a secret ballot. It needs Python 3.10 or newer, and nothing else: no network, no
other file, no library.

    python verify.py RESULT.json
    python verify.py RESULT.json 7KQ2M 9XTRA     (finds this receipt, too)

It checks that the file is exactly as it was written (every byte), that the receipts are all different, that the counts
are those of the list, that the number of votes is that of the closed box, and that the conditions are met or not met as
the file says. What no program can check is that the trustees wrote down what was in the envelopes: for that everybody
looks for their own receipt, and compares the number and the SHA-256 of the box with those announced at the close.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

FORMAT = "nuanxin-ballot-result-1"
RECEIPT = re.compile(r"[2-9A-HJ-KMNP-TV-Z]{10}")
TYPED = re.compile(r"(?<![0-9A-Z])(?=([0-9A-Z]{5})[\s·–—-]*([0-9A-Z]{5})(?![0-9A-Z]))", re.IGNORECASE)
"""What may be a receipt among other words, also one with signs that no receipt has."""
SHARE = re.compile(r"[0-9]{1,4}/[1-9][0-9]{0,3}")
LEAST_ENTITLED, LEAST_CAST = 20, 5
MOST_LISTED = 4
SHAPE: dict[str, Any] = {
    "box": {"count": int, "sha256": str},
    "carried": bool,
    "counts": list,
    "format": str,
    "invalid": int,
    "met": list,
    "opened": {"shares": int, "threshold": int, "trustees": int},
    "roll": {"sha256": str, "size": int},
    "sha256": str,
    "terms": {"binding": bool, "campaign": str, "conditions": list, "key": str, "options": list, "question": str},
    "votes": (list, type(None)),
}
NO_JSON = "this is no JSON in UTF-8"
OTHER_FORMAT = "this is no result of a ballot, or of another version"
REWRITTEN = "the file is not written as a result is: something in it was changed"
CHANGED = "something in the file was changed"
CONDITION: dict[str, Any] = {"measure": str, "needs": str, "of": str, "share": str}


class Fault(Exception):
    """The file is not what it says; the text says in what."""


def canonical(value: Any) -> bytes:
    """The one way in which a result is written."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


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
        kinds = shape if isinstance(shape, tuple) else (shape,)
        ensure(type(value) in kinds, f"{where}: not of its kind")
        ensure(type(value) is not int or value >= 0, f"{where}: below zero")


def verify(content: bytes) -> dict[str, Any]:
    """The result that these bytes hold, recounted.

    Raises:
        Fault: see the class.
    """
    result = _read(content)
    options = result["terms"]["options"]
    ensure(2 <= len(options) <= 9 and all(type(one) is str for one in options), "the options are none")
    ensure(len(result["counts"]) == len(options), "there are not as many counts as options")
    ensure(all(type(one) is int and one >= 0 for one in result["counts"]), "a count is none")
    ensure((result["votes"] is not None) == (len(options) <= MOST_LISTED), "single votes are listed up to 4 options")
    if result["votes"] is not None:
        counts = _counted(result["votes"], len(options))
        ensure(counts == result["counts"], f"the list has {counts}, the counts say {result['counts']}")
    cast, entitled = result["box"]["count"], result["roll"]["size"]
    ensure(sum(result["counts"]) + result["invalid"] == cast, "there are not as many votes as papers in the box")
    ensure(cast <= entitled, "more papers in the box than people on the roll")
    ensure(entitled >= LEAST_ENTITLED and cast >= LEAST_CAST, "a ballot with so few people is not opened")
    _ensure_outcome(result)
    return result


def _read(content: bytes) -> dict[str, Any]:
    try:
        result: dict[str, Any] = json.loads(content.decode("utf-8"))
        written = canonical(result)
    except (ValueError, RecursionError):
        raise Fault(NO_JSON) from None
    ensure(type(result) is dict and result.get("format") == FORMAT, OTHER_FORMAT)
    ensure_shape(result, SHAPE, "result")
    ensure(written == content, REWRITTEN)
    rest = {name: value for name, value in result.items() if name != "sha256"}
    ensure(hashlib.sha256(canonical(rest)).hexdigest() == result["sha256"], CHANGED)
    return result


def _counted(votes: Sequence[Any], options: int) -> list[int]:
    counts, last = [0] * options, ""
    for vote in votes:
        ensure(type(vote) is str and len(vote) == 12 and vote[10] == " ", f"no vote: {vote!r}")
        receipt, number = vote[:10], vote[11]
        ensure(RECEIPT.fullmatch(receipt), f"no receipt: {receipt!r}")
        ensure(receipt > last, f"receipts are listed in order, each once: {receipt!r} is not")
        ensure(number in "123456789"[:options], f"no option: {number!r}")
        counts[int(number) - 1] += 1
        last = receipt
    return counts


def _ensure_outcome(result: dict[str, Any]) -> None:
    conditions, met = result["terms"]["conditions"], result["met"]
    ensure(len(met) == len(conditions) and conditions, "there are not as many answers as conditions")
    for at, condition in enumerate(conditions):
        ensure_shape(condition, CONDITION, "condition")
        found = is_met(condition, result)
        ensure(met[at] is found, f"condition {at + 1} is {'met' if found else 'not met'}, the file says otherwise")
    ensure(result["carried"] is all(met), "whether it carries is not what its conditions say")
    opened = result["opened"]
    ensure(2 <= opened["threshold"] <= opened["shares"] <= opened["trustees"], "the box was not opened by enough")
    key = result["terms"]["key"].split(":")
    stated = [str(opened["trustees"]), str(opened["threshold"])]
    ensure(len(key) == 6 and key[2:4] == stated, "the key has other trustees than the protocol")


def is_met(condition: dict[str, str], result: dict[str, Any]) -> bool:
    """Whether a share is reached, by exact fractions."""
    ensure(SHARE.fullmatch(condition["share"]), f"no share: {condition['share'][:40]!r}")
    try:
        share = Fraction(condition["share"])
        base = {"entitled": result["roll"]["size"], "cast": result["box"]["count"]}[condition["of"]]
        reached = {"turnout": result["box"]["count"], "approval": result["counts"][0]}[condition["measure"]]
        is_strict = {"at least": False, "more than": True}[condition["needs"]]
    except KeyError:
        raise Fault(f"no condition: {condition}") from None
    return bool(reached > share * base if is_strict else reached >= share * base)


def typed(text: str) -> list[str]:
    """What may be receipts in a text, as it is written there: all of it, in any grouping, or among other words."""
    whole = re.sub(r"[\s·–—-]", "", text)
    if re.fullmatch(r"[0-9A-Za-z]{10}", whole):
        return [whole]
    return [found[1] + found[2] for found in TYPED.finditer(text)]


def find(result: dict[str, Any], receipt: str) -> str | None:
    """The option that is listed under a receipt; None if there is none, or nothing is listed."""
    wanted = {one.upper() for one in typed(receipt)}
    for vote in result["votes"] or ():
        if vote[:10] in wanted:
            return str(result["terms"]["options"][int(vote[11]) - 1])
    return None


def report(content: bytes, receipt: str = "") -> list[str]:
    """Lines that say what was found."""
    result = verify(content)
    terms, opened = result["terms"], result["opened"]
    cast, entitled = result["box"]["count"], result["roll"]["size"]
    lines = [f"{terms['campaign']}: {terms['question']}", ""]
    lines += [f"  {count:>7}  {option}" for option, count in zip(terms["options"], result["counts"], strict=True)]
    if result["invalid"]:
        lines.append(f"  {result['invalid']:>7}  (no valid vote)")
    lines += ["", f"{cast} of {entitled} entitled took part ({100 * cast / entitled:.1f} %)."]
    for condition, met in zip(terms["conditions"], result["met"], strict=True):
        said = "take part" if condition["measure"] == "turnout" else f"choose {terms['options'][0]!r}"
        whose = "those entitled" if condition["of"] == "entitled" else "the votes cast"
        sign = "met" if met else "NOT met"
        lines.append(f"{sign}: {condition['needs']} {condition['share']} of {whose} {said}")
    outcome = "carried" if result["carried"] else "not carried"
    lines.append(f"Outcome: {outcome} ({'binding' if terms['binding'] else 'advisory'}).")
    lines.append(f"Opened with {opened['shares']} of {opened['trustees']} shares; {opened['threshold']} were needed.")
    lines += ["", f"Box:  {cast} papers, SHA-256 {result['box']['sha256']}"]
    lines += [f"Roll: {entitled} people, SHA-256 {result['roll']['sha256']}"]
    lines += [f"File: SHA-256 {hashlib.sha256(content).hexdigest()}", "Compare these with what was announced."]
    if receipt:
        option = find(result, receipt)
        lines += ["", f"Receipt {receipt}: {_not_listed(result, receipt) if option is None else option}"]
    return lines


def _not_listed(result: dict[str, Any], receipt: str) -> str:
    """Why there is no option for it, with what may have been misread."""
    if result["votes"] is None:
        return f"single votes are not listed, since there are more than {MOST_LISTED} options"
    wanted = [one.upper() for one in typed(receipt)]
    if not wanted:
        return "no receipt; it has ten letters and digits"
    is_one = any(map(RECEIPT.fullmatch, wanted))
    return "not listed" if is_one else "not listed; a receipt has no 0, 1, I, L, O or U in it"


def main(arguments: Sequence[str]) -> int:
    """Prints the report; returns 0 if everything agrees."""
    if not arguments:
        sys.stderr.write(str(__doc__))
        return 2
    try:
        lines = report(Path(arguments[0]).read_bytes(), " ".join(arguments[1:]))
    except (OSError, Fault) as failure:
        sys.stderr.write(f"NOT as it was published: {failure}\n")
        return 1
    sys.stdout.write("\n".join([*lines, "", "Recounted: everything in the file agrees."]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
