"""High-temperature allowances by province, as data (allowances.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from storage.operations.heat_allowance import HeatAllowance, Per

_FILE = Path(__file__).parent / "allowances.toml"


@cache
def by_province() -> Mapping[str, HeatAllowance]:
    """Those for which a source is known, by the province's code of ISO 3166-2."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))
    return {
        code: HeatAllowance(
            round(row["amount"] * 100), Per(row["per"]), frozenset(row.get("months", ())), row["source"], row["year"]
        )
        for code, row in rows.items()
    }
