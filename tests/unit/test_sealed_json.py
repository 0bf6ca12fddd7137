"""A sealed column is read by the names of its fields; a list, as version 0.7 wrote it, by their order."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson
import pytest
from pydantic import ValidationError

from storage.broadcasts.content import Content, Opening, OtherVersion
from storage.cases.ids import CaseMessageId
from storage.cases.messages import Edit, Said
from storage.cases.table import CaseContent
from storage.membership.applications import Content as Application
from storage.membership.applications import Inquiry
from storage.sealed_json import FromTheFuture, SealedJson

SAID = SealedJson(Said)
BOLD = {"type": "bold", "offset": 0, "length": 2}
EDITED = Said(
    "photo",
    "Hi",
    [BOLD],
    "file",
    "a.jpg",
    "image/jpeg",
    9,
    "7",
    True,
    CaseMessageId(3),
    [Edit(datetime(2026, 11, 24, 4, tzinfo=UTC), "Ho")],
)


def test_it_comes_back_as_it_was() -> None:
    stored = SAID.encode(EDITED)
    assert SAID.decode(stored) == EDITED
    assert orjson.loads(stored)["version"] == 1
    assert orjson.loads(stored)["content"]["file_name"] == "a.jpg"


def test_a_list_of_version_0_7_is_read_also_where_it_lacks_the_newest_fields() -> None:
    whole = [
        "photo",
        "Hi",
        [BOLD],
        "file",
        "a.jpg",
        "image/jpeg",
        9,
        "7",
        True,
        3,
        [["2026-11-24T04:00:00+00:00", "Ho"]],
    ]
    assert SAID.decode(orjson.dumps(whole)) == EDITED
    assert SAID.decode(orjson.dumps(["text", "Hi"])) == Said("text", "Hi")


def test_what_was_read_is_written_again() -> None:
    """The zone that pydantic gives to a moment is one that orjson knows."""
    stored = SAID.encode(EDITED)
    assert SAID.encode(SAID.decode(stored)) == stored
    assert orjson.loads(stored)["content"]["was"] == [{"at": "2026-11-24T04:00:00+00:00", "text": "Ho"}]


def test_a_broadcast_of_version_0_7_has_its_button_and_its_other_language() -> None:
    opens, other = ["link", "Sign up", "https://example.org"], ["en", "sendMessage", {"text": "Hi"}]
    content = Content(
        "sendMessage",
        {"text": "你好"},
        True,
        Opening("link", "Sign up", "https://example.org"),
        OtherVersion("en", "sendMessage", {"text": "Hi"}),
    )
    sealed = SealedJson(Content)
    assert sealed.decode(orjson.dumps(["sendMessage", {"text": "你好"}, True, opens, other])) == content
    assert sealed.decode(sealed.encode(content)) == content
    assert sealed.decode(orjson.dumps(["sendMessage", {}])) == Content("sendMessage", {})


def test_an_application_of_version_0_7_has_what_was_asked_back() -> None:
    content = Application({"name": "Li"}, [Inquiry("Which city?", "Dezhou"), Inquiry("Since when?")])
    sealed = SealedJson(Application)
    stored = [{"name": "Li"}, [["Which city?", "Dezhou"], ["Since when?", ""]], ""]
    assert sealed.decode(orjson.dumps(stored)) == content
    assert sealed.decode(sealed.encode(content)) == content


def test_answers_keep_their_types() -> None:
    content = CaseContent(
        "pay", "x", "2025-12-30", "", {"when": 5, "sure": True, "none": None, "parts": [{"a": [1.5]}]}
    )
    assert SealedJson(CaseContent).decode(SealedJson(CaseContent).encode(content)) == content


def test_what_a_newer_version_wrote_is_refused() -> None:
    with pytest.raises(FromTheFuture):
        SAID.decode(b'{"version": 2, "content": {}}')


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValidationError):
        SAID.decode(b'{"version": 1, "content": {"size": "large"}}')
