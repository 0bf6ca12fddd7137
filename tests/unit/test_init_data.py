"""initData of a Mini App: what Telegram signed for this bot, a moment ago, and nothing else. aiogram is the oracle.

It is imported by the tests that ask it: that takes longer than to collect all other tests.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.web import init_data
from bot.web.init_data import NotFromTelegram, sign

asks_aiogram = pytest.mark.xdist_group("aiogram")
"""One worker imports it, which takes two seconds."""

TOKEN = "1000000001:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
NOW = datetime(2026, 11, 24, 4, tzinfo=UTC)
USER = {"id": 5, "first_name": "小李 & <b>", "language_code": "zh-hans"}


def signed(token: str = TOKEN, age: float = 0, **fields: str) -> str:
    moment = str(int((NOW - timedelta(seconds=age)).timestamp()))
    said = {"query_id": "AAE", "user": json.dumps(USER), "auth_date": moment, "signature": "b64_-", **fields}
    return urlencode({**said, "hash": sign(said, token)})


def is_refused(text: str) -> bool:
    try:
        init_data.read(text, TOKEN, NOW)
    except NotFromTelegram:
        return True
    return False


@asks_aiogram
def test_what_telegram_signed_is_taken_as_aiogram_takes_it() -> None:
    from aiogram.utils.web_app import check_webapp_signature, safe_parse_webapp_init_data

    text = signed()
    assert check_webapp_signature(TOKEN, text)
    theirs = safe_parse_webapp_init_data(TOKEN, text)
    ours = init_data.read(text, TOKEN, NOW)
    assert theirs.user is not None and (ours.id, ours.language_code) == (theirs.user.id, "zh-hans")
    assert ours.source == init_data.read("&".join(reversed(text.split("&"))), TOKEN, NOW).source


@asks_aiogram
@settings(max_examples=60)
@given(st.dictionaries(st.sampled_from(["query_id", "start_param", "chat_type", "receiver"]), st.text(max_size=20)))
def test_the_signature_is_that_of_aiogram(fields: dict[str, str]) -> None:
    from aiogram.utils.web_app import check_webapp_signature

    clean = {name: value for name, value in fields.items() if value.isprintable() and value}
    text = signed(TOKEN, 0, **clean)
    assert check_webapp_signature(TOKEN, text)
    assert not is_refused(text)


@pytest.mark.parametrize("at", range(0, 64, 7))
def test_a_changed_hash_is_refused(at: int) -> None:
    text = signed()
    digit = text[-64:][at]
    assert is_refused(text[:-64] + text[-64:][:at] + ("0" if digit != "0" else "1") + text[-64:][at + 1 :])


FORGED = {
    "nothing": "",
    "no hash": signed().rpartition("&hash=")[0],
    "an empty hash": signed().rpartition("&hash=")[0] + "&hash=",
    "a hash in capitals": signed().rpartition("=")[0] + "=" + signed().rpartition("=")[2].upper(),
    "another bot's": signed(token="2000000002:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"),
    "too old": signed(age=301),
    "from the future": signed(age=-31),
    "another person": signed().replace("%22id%22%3A+5", "%22id%22%3A+6"),
    "a second user": signed() + "&user=" + json.dumps({**USER, "id": 6}),
    "a user before it": "user=%7B%22id%22%3A6%7D&" + signed(),
    "nobody": signed(user="null"),
    "no object": signed(user="[5]"),
    "a person in words": signed(user='{"id": "5"}'),
    "a truth for a person": signed(user='{"id": true}'),
    "a group": signed(user='{"id": -5}'),
    "a bot": signed(user='{"id": 5, "is_bot": true}'),
    "a number that is too large": signed(user='{"id": 99999999999999999999}'),
    "no moment": signed(auth_date="soon"),
    "a signature left out": "&".join(part for part in signed().split("&") if not part.startswith("signature")),
    "very long": signed(start_param="a" * 5_000),
    "no fields": "\udcff=%ff&;",
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED.keys())
def test_what_telegram_did_not_sign_now_is_refused(text: str) -> None:
    assert is_refused(text)


def test_five_minutes_are_taken() -> None:
    assert not is_refused(signed(age=299)) and not is_refused(signed(age=-29))
    assert dict(parse_qsl(signed()))["signature"] == "b64_-"
