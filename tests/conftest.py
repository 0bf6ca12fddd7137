"""How the tests are run. What they are given is in tests/support/fixtures.py."""

from __future__ import annotations

import gc
import os
import sys
import zlib
from pathlib import Path

import hypothesis
import pytest

from tests.support.memory_folder import in_memory

ACCEPTANCE = Path(__file__).parent / "acceptance"

# How long an example takes says nothing while other tests run beside it.
hypothesis.settings.register_profile("tests", deadline=None)
hypothesis.settings.load_profile("tests")


if os.environ.get("SLIPCOVER_ENABLED"):
    from slipcover.slipcover import Slipcover  # type: ignore[import-untyped]

    if sys.version_info < (3, 12):
        # What was reached need not be counted any more, and SlipCover looks through all functions for it again and
        # again: that took a sixth of the time. It has an option (--threshold), but hands it on to no worker.
        Slipcover.deinstrument_seen = lambda _self: None


def pytest_collection_finish() -> None:
    """All modules are there by now, and stay: looking through them again and again took a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """What was never awaited or closed is looked for once; pytest would look five times through all that is left."""
    gc.collect()
    gc.freeze()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-pair", action="store_true", help="each language on each database")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """A file has no readable name; and one that is zipped with the time of day has another in each worker."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A chat in both languages is played in Chinese on SQLite and in English on PostgreSQL, another one on one of the
    databases, by its name. What is marked, and all that is no chat, runs on both (docs/decisions/0066)."""
    if config.getoption("--every-pair"):
        return
    paired = {_name(item) for item in items if _pair(item) == ("zh_Hans", "sqlite")}
    left_out = {item for item in items if _is_left_out(item, paired)}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=list(left_out))


def _is_left_out(item: pytest.Item, paired: set[str]) -> bool:
    language, database = _pair(item)
    if database is None:
        return False
    if language is not None and _name(item) in paired:
        return (language, database) in {("en", "sqlite"), ("zh_Hans", "postgresql")}
    is_for_both = ACCEPTANCE not in item.path.parents or item.get_closest_marker("both_databases") is not None
    return not is_for_both and database != _database_of(_name(item))


def _database_of(name: str) -> str:
    return ("sqlite", "postgresql")[zlib.crc32(name.encode()) % 2]


def _name(item: pytest.Item) -> str:
    return item.nodeid.partition("[")[0]


def _pair(item: pytest.Item) -> tuple[object, object]:
    """The language and the database of a test that has both."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return params.get("language"), params.get("migrated_url")


def pytest_configure(config: pytest.Config) -> None:
    """Puts the folders of the tests into memory, and loads the fixtures, which import the whole program: not in the
    process that only hands out the tests, where that takes ten seconds before the first of them begins."""
    if (folder := in_memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))
    if os.environ.get("PYTEST_XDIST_WORKER") or not config.getoption("numprocesses", None):
        config.pluginmanager.import_plugin("tests.support.fixtures")
    elif os.environ.get("SLIPCOVER_ENABLED"):
        # The workers count the files that none of them imports; here that would be all, seven seconds at the end.
        Slipcover._add_unseen_source_files = lambda _self, _source: None
