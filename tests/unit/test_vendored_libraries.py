"""The libraries of the pages: each file is the one that libraries.toml names, with its licence."""

from __future__ import annotations

from pathlib import Path

from bot.web import static_files
from tests.support.vendoring import FOLDER, hash_of, libraries

PAGES = Path(static_files.__file__).parent


def test_each_file_is_the_one_that_was_named() -> None:
    assert {one.name for one in libraries()} == {"maplibre-gl", "pmtiles", "htmx.org", "uplot"}
    for library in libraries():
        assert (FOLDER / library.licence_name).read_text("utf-8").strip()
        for path, expected in library.files.items():
            assert hash_of((FOLDER / Path(path).name).read_bytes()) == expected, path
    named = {Path(path).name for one in libraries() for path in one.files} | {one.licence_name for one in libraries()}
    assert {file.name for file in FOLDER.iterdir()} == {*named, "libraries.toml"}


def test_no_page_loads_anything_from_elsewhere() -> None:
    """What a policy would block anyway; and no script or style stands within a page."""
    for file in (*(PAGES / "templates").iterdir(), *(PAGES / "static").iterdir()):
        text = file.read_text("utf-8")
        for sign in ("<script>", " style=", "onclick=", "javascript:", "eval(", "innerHTML", "insertAdjacentHTML"):
            assert sign not in text, (file.name, sign)
        assert 'src="http' not in text and "import(" + '"http' not in text and "@import" not in text, file.name
        assert "|safe" not in text, file.name


def test_what_the_map_loads_is_at_most_400_kilobytes() -> None:
    loaded = ["maplibre-gl-csp.js", "maplibre-gl-csp-worker.js", "maplibre-gl.css", "pages.css"]
    loaded += ["app.js", "door.js", "telegram.js", "map.js", "ground.js"]
    files = {file.name: file for folder in static_files.FOLDERS for file in folder.iterdir()}
    assert sum(len(static_files.compressed(files[name].read_bytes())) for name in loaded) <= 400_000
