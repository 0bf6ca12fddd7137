"""A sealed column is read by the names of its fields; a list, as version 0.7 wrote it, by their order."""

from __future__ import annotations

import orjson
import pytest
from pydantic import ValidationError

from storage.cases.cases import CaseContent
from storage.cases.ids import CaseMessageId
from storage.cases.messages import Said
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
    [["2026-11-24T04:00:00", "Ho"]],
)


def test_it_comes_back_as_it_was() -> None:
    stored = SAID.encode(EDITED)
    assert SAID.decode(stored) == EDITED
    assert orjson.loads(stored)["version"] == 1
    assert orjson.loads(stored)["content"]["file_name"] == "a.jpg"


def test_a_list_of_version_0_7_is_read_also_where_it_lacks_the_newest_fields() -> None:
    whole = ["photo", "Hi", [BOLD], "file", "a.jpg", "image/jpeg", 9, "7", True, 3, [["2026-11-24T04:00:00", "Ho"]]]
    assert SAID.decode(orjson.dumps(whole)) == EDITED
    assert SAID.decode(orjson.dumps(["text", "Hi"])) == Said("text", "Hi")


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
