"""What the documents say of the repository itself: versions agree, links lead somewhere, real data is not wanted."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from packaging.version import Version

from bot import __version__

ROOT = next(folder for folder in Path(__file__).parents if (folder / "pyproject.toml").exists())
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(path for name in ("docs", ".github", "bot") for path in (ROOT / name).rglob("*.md"))]
)
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+)\)")
PLACE = re.compile(r"`((?:bot|handlers|storage|schedules|tests|benchmarks|deploy)/[\w/.-]+)`")
"""A file, a folder, a module without its ending, or something in a module."""
TEST = re.compile(r"\b(test_\w+\.py)(?:::(test_\w+))?")


def anchor(heading: str) -> str:
    """The anchor that repository hosts give a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def broken_links(document: Path) -> list[str]:
    links = [link for link in LINK.findall(document.read_text()) if not re.match(r"[a-z]+:", link)]
    return [link for link in links if not leads_somewhere(document, link)]


def leads_somewhere(document: Path, link: str) -> bool:
    name, _, part = link.partition("#")
    target = document.parent / name if name else document
    if not target.exists():
        return False
    return not part or part in map(anchor, HEADING.findall(target.read_text()))


def exists(place: str) -> bool:
    """Whether there is such a file or folder, or a module that may have what follows the last dot."""
    if any((ROOT / f"{place}{ending}").exists() for ending in ("", ".py")):
        return True
    module, dot, _ = place.rpartition(".")
    return bool(dot) and "/" in module and exists(module)


def has_test(file: str, name: str) -> bool:
    """Whether the tests have this file, and in it a test whose name begins so."""
    return any(f"def {name}" in path.read_text() for path in (ROOT / "tests").rglob(file))


def missing(document: Path) -> list[str]:
    """What a document names of the source, and what is not there; the changelog tells of what was."""
    text = "" if document.name == "CHANGELOG.md" else document.read_text()
    places = [place for place in PLACE.findall(text) if not exists(place)]
    return places + [f"{file}::{name}" for file, name in TEST.findall(text) if not has_test(file, name)]


def test_there_are_documents_to_look_at() -> None:
    assert {"README.md", "README.zh-CN.md", "SECURITY.md"} <= {path.name for path in DOCUMENTS}
    assert len(DOCUMENTS) > 20


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(document: Path) -> None:
    assert broken_links(document) == []


def test_a_broken_link_is_found(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text("# To add\n[1](b.md) [2](#to-add) [3](#to-take) [4](a.md#to-add) [5](https://example.org/b.md)")
    assert broken_links(document) == ["b.md", "#to-take"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_and_test_that_is_named_is_there(document: Path) -> None:
    assert missing(document) == []


def test_a_file_or_test_that_is_gone_is_found(tmp_path: Path) -> None:
    document = tmp_path / "a.md"
    document.write_text(
        "`bot/app.py` `bot/app.App` `bot/none.py` `test_documents.py::test_there` test_none.py::test_x…"
    )
    assert missing(document) == ["bot/none.py", "test_none.py::test_x"]


def test_what_the_notice_names_is_there() -> None:
    text = (ROOT / "NOTICE").read_text()
    named = re.findall(r"\b((?:bot|storage|tests)/[\w/.-]+\w)", text)
    assert len(named) > 3
    assert [place for place in named if not exists(place)] == []


def test_the_version_is_written_once() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "bot.__version__"}


def test_the_newest_changes_are_of_this_version_or_unreleased() -> None:
    newest, *before = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest in {"Unreleased", __version__}
    released = [Version(version) for version in before]
    assert released == sorted(released, reverse=True)
    assert Version(__version__) > released[0]


def test_a_change_belongs_to_one_version() -> None:
    """A merge once gave each past version a copy of the newest entries."""
    versions = re.split(r"^## ", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)[1:]
    entries = [entry for version in versions for entry in set(re.split(r"\n(?=- |#|\n)", version)) if entry[:2] == "- "]
    assert len(entries) > 100
    assert [entry for entry, times in Counter(entries).items() if times > 1] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text())
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


@pytest.mark.parametrize("template", ["bug", "feature"])
def test_both_templates_ask_for_no_real_data_in_both_languages(template: str) -> None:
    text = (ROOT / ".github" / "ISSUE_TEMPLATE" / f"{template}.yml").read_text()
    assert "No data of real people" in text
    assert "真实的人的资料" in text
