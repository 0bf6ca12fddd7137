"""Prints the coverage that a run measured; fails below a floor: `python -m tests.support.coverage_floor FILE PER_CENT`.

What only runs in a process of its own (the command line, the start and the end of the program) counts as not covered.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(file: str, floor: str) -> int:
    found = json.loads(Path(file).read_text())["summary"]
    covered = found["percent_covered"]
    print(f"coverage of lines and branches: {covered:.1f} % (at least {floor} %)")  # noqa: T201 (it is for people)
    return int(covered < float(floor))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
