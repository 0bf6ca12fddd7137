"""Catalogues are compiled once, and what was kept is used only while it is whole and of this source."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from handlers.i18n import catalogues

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return written(tmp_path / "nuanxin.po", "驿站")


def written(source: Path, station: str) -> Path:
    source.write_text(f'{HEADER}msgid "station"\nmsgstr "{station}"\n', "utf-8")
    return source


def station(source: Path) -> str:
    return catalogues.load(source, "zh_Hans").gettext("station")


def kept(source: Path) -> list[Path]:
    return list((source.parent / "__pycache__").iterdir())


def test_what_was_compiled_is_kept(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert station(source) == "驿站"
    monkeypatch.delattr(catalogues, "compiled_from")
    assert station(source) == "驿站"


def test_another_source_is_compiled_anew_and_replaces_it(source: Path) -> None:
    station(source)
    assert station(written(source, "歇脚点")) == "歇脚点"
    assert len(kept(source)) == 1


@pytest.mark.parametrize("left", [b"", b"half", "all but the last byte"])
def test_what_is_not_whole_is_compiled_anew(source: Path, left: bytes | str) -> None:
    station(source)
    (file,) = kept(source)
    file.write_bytes(left if isinstance(left, bytes) else file.read_bytes()[:-1])
    assert station(source) == "驿站"
    assert station(source) == "驿站"


def test_nothing_is_kept_where_the_program_may_not_write(source: Path) -> None:
    (source.parent / "__pycache__").write_text("a file in the place of the folder")
    assert station(source) == "驿站"


def test_the_folder_may_go(source: Path) -> None:
    station(source)
    shutil.rmtree(source.parent / "__pycache__")
    assert station(source) == "驿站"
