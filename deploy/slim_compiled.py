"""Removes the compiled files of what the program never imports: `python deploy/slim_compiled.py FOLDER`.

That is almost half of them. If one is wanted all the same, Python compiles it in memory.
"""

from __future__ import annotations

import ast
import importlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

PACKAGES = ("bot", "handlers", "schedules", "storage")
UNNAMED = ("numpy.random", "sqlalchemy.dialects.postgresql.asyncpg", "sqlalchemy.dialects.sqlite.aiosqlite")
"""Imported by the libraries when they are used; no import of the program names them."""


def imported(program: Path) -> Iterator[str]:
    """The modules that the program imports, at its start or later."""
    for package in PACKAGES:
        for file in (program / package).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    yield node.module
                elif isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)


def main(program: Path) -> None:
    """`program` is the folder of the program, with its .venv, whose Python this is.

    Raises:
        ImportError: the program could not start from what is left of the packages.
    """
    sys.path.insert(0, str(program))
    for name in sorted({*imported(program), *UNNAMED} - {"_typeshed"}):
        importlib.import_module(name)
    used = {
        Path(cached).resolve() for one in list(sys.modules.values()) if (cached := getattr(one, "__cached__", None))
    }
    for file in (program / ".venv").resolve().rglob("*.pyc"):
        if file not in used:
            file.unlink()


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(Path(sys.argv[1]).resolve())
