"""The schema knows every table by itself, whatever else has been imported."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

STORAGE = Path(__file__).parents[2] / "storage"


def declared() -> set[str]:
    """The tables that the files of storage/ declare."""
    files = (file for file in STORAGE.rglob("*.py") if "migrations" not in file.parts)
    return {name for file in files for name in re.findall(r'__tablename__ = "(\w+)"', file.read_text("utf-8"))}


def test_the_schema_alone_brings_all_tables() -> None:
    """In a process of its own: here, other tests have imported the rest. A key rotation goes through these."""
    code = "from storage.schema import METADATA; print(*METADATA.tables)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=STORAGE.parent)
    assert len(declared()) > 40
    assert set(done.stdout.split()) == declared()


def test_the_diagram_of_the_tables_is_that_of_the_schema() -> None:
    """In a process of its own, for the same reason."""
    code = "import sys; from tests.support.table_diagram import text; sys.stdout.write(text())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=STORAGE.parent)
    assert (STORAGE.parent / "docs" / "tables.md").read_text("utf-8") == done.stdout, "make tables"
