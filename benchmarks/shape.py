"""`make shape`: what the source looks like, counted from its syntax, beside the figures of version 0.7.

It imports nothing of what it counts, so `python -m benchmarks.shape --tree PATH` measures any checkout.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import source
from benchmarks.source import Module
from benchmarks.support.report import Result, save

ROOT = Path(__file__).parent.parent
PACKAGES = ("bot", "handlers", "schedules", "storage")
BASELINE = Path(__file__).parent / "shape_0.7.json"
FEATURES = (
    "stations",
    "activities",
    "membership",
    "cases",
    "broadcasts",
    "campaigns",
    "contests",
    "voice",
    "honours",
    "pay",
    "sos",
    "heat",
)
"""The folders that must not know each other, in handlers and in storage."""
LONG_FUNCTION, LONG_FILE = 40, 300

Shape = dict[str, dict[str, float]]
"""Figures by name, then by package and for "all"."""


@dataclass(frozen=True)
class Measure:
    """One way to count a package; `goal` bounds the ratio to 0.7 (the figure itself where 0.7 has none or zero)."""

    name: str
    unit: str
    count: Callable[[Sequence[Module]], float]
    whole: Callable[[Sequence[float]], float] = sum
    goal: str = ""


def _largest_folder(modules: Sequence[Module]) -> float:
    return max(Counter(module.path.parent for module in modules).values(), default=0)


def _documented(modules: Sequence[Module]) -> float:
    public = [function for module in modules for function in module.public_functions]
    return 100 * sum(function.documented for function in public) / len(public) if public else 100


def _each(count: Callable[[Module], float]) -> Callable[[Sequence[Module]], float]:
    return lambda modules: sum(map(count, modules))


def _most(count: Callable[[Module], float]) -> Callable[[Sequence[Module]], float]:
    return lambda modules: max(map(count, modules), default=0)


def _crossings(module: Module) -> list[str]:
    """The features that a feature's module imports, once for each import. Buttons are the doors between them."""
    return [end for start, end in source.arrows(module, but="presses") if start in FEATURES and end in FEATURES]


MEASURES = (
    Measure("files", "files", len),
    Measure("lines", "lines", _each(lambda module: module.lines)),
    Measure("files in the largest folder", "files", _largest_folder, max, "<= 0.3"),
    Measure("rooms (files and folders at the top)", "rooms", lambda modules: len({m.room for m in modules})),
    Measure(
        "arrows between rooms",
        "pairs",
        lambda modules: len({a for m in modules for a in source.arrows(m)}),
        goal="<= 0.5",
    ),
    Measure("imports between features", "imports", _each(lambda module: len(_crossings(module))), goal="<= 0"),
    Measure("files > 300 lines", "files", _each(lambda module: module.lines > LONG_FILE), goal="<= 0"),
    Measure("longest file", "lines", _most(lambda module: module.lines), max, "<= 1"),
    Measure("functions", "functions", _each(lambda module: len(module.functions))),
    Measure(
        "functions > 40 lines",
        "functions",
        _each(lambda module: sum(function.lines > LONG_FUNCTION for function in module.functions)),
        goal="<= 1",
    ),
    Measure(
        "longest function",
        "lines",
        _most(lambda module: max((function.lines for function in module.functions), default=0)),
        max,
        "<= 1",
    ),
    Measure("public functions with a docstring", "%", _documented, goal=">= 1"),
    Measure(
        "positional boolean parameters",
        "parameters",
        _each(lambda module: sum(function.booleans for function in module.functions)),
        goal="<= 0.5",
    ),
    Measure("lines with Any", "lines", _each(source.any_lines), goal="<= 1"),
    Measure("cast(", "calls", _each(source.casts), goal="<= 0.5"),
    Measure("type: ignore", "comments", _each(lambda module: module.comments("type: ignore")), goal="<= 1"),
    Measure("fmt: skip", "comments", _each(lambda module: module.comments("fmt: skip")), goal="<= 0.2"),
    Measure("string payloads of buttons", "buttons", _each(source.string_payloads), goal="<= 0"),
    Measure("string kinds of notices", "notices", _each(source.string_notices), goal="<= 0"),
)


def measure(tree: Path) -> Shape:
    """Counts every measure in each of the four packages of a checkout, and over all of them."""
    packages = {name: source.read(tree / name) for name in PACKAGES}
    shape: Shape = {}
    for one in MEASURES:
        figures = {name: round(float(one.count(modules)), 1) for name, modules in packages.items()}
        shape[one.name] = figures | {"all": float(one.whole(list(figures.values())))}
    if not any((tree / "handlers" / feature).is_dir() for feature in FEATURES):
        del shape["imports between features"]  # a flat layout, as 0.7 had: no folder says where a feature ends
    everything = [module for modules in packages.values() for module in modules]
    shape["public functions with a docstring"]["all"] = round(_documented(everything), 1)
    return shape


def results(now: Shape, before: Mapping[str, Mapping[str, float]]) -> list[Result]:
    """One result a measure and package; goals bind the whole."""
    return [
        Result(
            name=f"{measure.name}, {package}",
            figure=figure,
            unit=measure.unit,
            peer="0.7" if measure.name in before else "",
            peer_figure=before[measure.name][package] if measure.name in before else None,
            goal=measure.goal if package == "all" else "",
        )
        for measure in MEASURES
        for package, figure in now.get(measure.name, {}).items()
    ]


def show(rows: Sequence[Result]) -> None:
    """Prints one line a measure: the present figure of each package, and that of 0.7 in brackets."""
    columns = (*PACKAGES, "all")
    table = Table("what", *columns, "ratio", "goal", "", title="shape: now (0.7)")
    by_name = {row.name: row for row in rows}
    for one in MEASURES:
        if f"{one.name}, all" not in by_name:
            continue
        cells = [by_name[f"{one.name}, {column}"] for column in columns]
        ratio = "" if cells[-1].ratio is None else f"{cells[-1].ratio:.2f}"
        verdict = {True: "pass", False: "SHORT", None: ""}[cells[-1].passed]
        table.add_row(one.name, *map(_cell, cells), ratio, cells[-1].goal, verdict)
    Console(width=140).print(table)


def _cell(row: Result) -> str:
    return f"{row.figure:g}" if row.peer_figure is None else f"{row.figure:g} ({row.peer_figure:g})"


def show_folders(tree: Path) -> None:
    """Prints the largest folders of the whole checkout."""
    modules = [module for name in (*PACKAGES, "tests", "benchmarks") for module in source.read(tree / name)]
    folders = Counter(str(module.path.parent.relative_to(tree)) for module in modules)
    table = Table("folder", "python files", title="largest folders")
    for folder, files in folders.most_common(10):
        table.add_row(folder, str(files))
    Console(width=140).print(table)


def show_crossings(tree: Path) -> None:
    """Prints which file of a feature imports which other feature."""
    for module in (module for name in PACKAGES for module in source.read(tree / name)):
        for feature in _crossings(module):
            print(f"{module.path.relative_to(tree)} imports {feature}")


def main() -> bool:
    """Measures, prints and, of this checkout, keeps the figures; False if a goal is missed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--tree", type=Path, default=ROOT, help="the checkout to measure")
    options.add_argument("--baseline", action="store_true", help="keep the figures as those of 0.7")
    chosen = options.parse_args()
    tree = chosen.tree.resolve()
    now = measure(tree)
    if chosen.baseline:
        BASELINE.write_text(json.dumps(now, indent=1, ensure_ascii=False) + "\n")
    rows = results(now, json.loads(BASELINE.read_text()))
    show_folders(tree)
    show(rows)
    show_crossings(tree)
    if tree == ROOT:
        save("shape", rows)
    return tree != ROOT or all(row.passed is not False for row in rows)


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
