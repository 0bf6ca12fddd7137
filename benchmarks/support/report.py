"""A measurement's results: a table for people, a JSON file for the record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parents[1] / "results"


@dataclass(frozen=True)
class Result:
    """One figure. `goal` is a bound of the ratio (or of the figure, where there is no peer): ">= 1.0", "<= 2"."""

    name: str
    figure: float
    unit: str
    peer: str = ""
    peer_figure: float | None = None
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        return self.figure / self.peer_figure if self.peer_figure else None

    @property
    def passed(self) -> bool | None:
        if not self.goal:
            return None
        sign, bound = self.goal.split()
        measured = self.figure if self.ratio is None else self.ratio
        return measured >= float(bound) if sign == ">=" else measured <= float(bound)


def summary(names: Sequence[str]) -> None:
    """One table of everything that has a goal, by the records of the last time: goal, figure, pass or short."""
    table = Table("measurement", "what", "goal", "figure or ratio", "", title="goals")
    for name in names:
        file = RESULTS / f"{name}.json"
        for one in json.loads(file.read_text()) if file.exists() else []:
            if one["goal"]:
                measured = one["figure"] if one["ratio"] is None else one["ratio"]
                table.add_row(name, one["name"], one["goal"], f"{measured:,.4g}", "pass" if one["pass"] else "SHORT")
    Console(width=160).print(table)


def report(name: str, results: Sequence[Result]) -> bool:
    """Prints the table and writes results/<name>.json; False if a goal is missed."""
    save(name, results)
    return _show(name, results)


def report_some(name: str, results: Sequence[Result]) -> bool:
    """The same for a part of the measurements: what the record says of the others stays."""
    file, measured = RESULTS / f"{name}.json", {one.name for one in results}
    known = json.loads(file.read_text()) if file.exists() else []
    _write(name, [*(row for row in known if row["name"] not in measured), *_rows(results)])
    return _show(name, results)


def _show(name: str, results: Sequence[Result]) -> bool:
    table = Table("what", "figure", "unit", "peer", "its figure", "ratio", "goal", "", title=name)
    for one in results:
        verdict = {True: "pass", False: "SHORT", None: ""}[one.passed]
        peer_figure = "" if one.peer_figure is None else f"{one.peer_figure:,.4g}"
        ratio = "" if one.ratio is None else f"{one.ratio:.3f}"
        table.add_row(one.name, f"{one.figure:,.4g}", one.unit, one.peer, peer_figure, ratio, one.goal, verdict)
    Console(width=160).print(table)
    return all(one.passed is not False for one in results)


def _rows(results: Sequence[Result]) -> list[dict[str, object]]:
    return [
        {
            "name": one.name,
            "figure": one.figure,
            "unit": one.unit,
            "peer": one.peer or None,
            "peer_figure": one.peer_figure,
            "ratio": one.ratio,
            "goal": one.goal or None,
            "pass": one.passed,
        }
        for one in results
    ]


def save(name: str, results: Sequence[Result]) -> None:
    """Writes results/<name>.json, the record of the last run."""
    _write(name, _rows(results))


def _write(name: str, rows: Sequence[dict[str, object]]) -> None:
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(rows, indent=1) + "\n")
