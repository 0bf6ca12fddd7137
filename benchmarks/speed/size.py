"""What an installation puts on the disk: the runtime libraries, in a virtual environment of their own, slimmed as
deploy/install.sh and the image slim it; with the symbols for debuggers (where binutils is missing), and without."""

from __future__ import annotations

from pathlib import Path

from benchmarks.support.processes import ROOT, finished
from benchmarks.support.report import Result

SLIM = ("sh", "deploy/slim.sh", ".")


def megabytes(folder: Path) -> float:
    return sum(one.lstat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6


async def measure(folder: Path) -> list[Result]:
    tree = folder / "tree"
    await finished("git", "clone", "-q", str(ROOT), str(tree))
    await finished("make", "-s", "install", tree=tree)
    await finished("env", "STRIP=none", *SLIM, tree=tree)
    whole = megabytes(tree / ".venv")
    await finished(*SLIM, tree=tree)
    return [
        Result("runtime venv, with symbols for debuggers", whole, "MB", goal="<= 260"),
        Result("runtime venv", megabytes(tree / ".venv"), "MB", goal="<= 260"),
    ]
