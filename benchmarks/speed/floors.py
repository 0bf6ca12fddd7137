"""The floor under what an update costs (see benchmarks/support/floor.py), beside an aiogram echo; it has no goal."""

from __future__ import annotations

from benchmarks.support.units import floors as measure

__all__ = ["measure"]
