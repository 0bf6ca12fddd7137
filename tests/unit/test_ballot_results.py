"""The result file: whoever recounts it finds every byte that was changed, and comes to what the trustees wrote."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.commands.cli import cli
from storage.campaigns.ballots import boxes, envelopes, receipts, trustee_keys, verify
from storage.campaigns.ballots.boxes import BadBox, Box, TooFew, in_order
from storage.campaigns.ballots.envelopes import Vote
from storage.campaigns.ballots.publishing import BadResult, read
from storage.campaigns.ballots.terms import canonical
from storage.campaigns.ballots.trustee_keys import BadKey, PublicKey
from storage.campaigns.ballots.verify import Fault
from tests.support.ballots import Trustees, terms, trustees

ROLL = "ab" * 32
TRUSTEES = trustees()


def box(*choices: int | None, size: int = 40, options: int = 3, chosen: Trustees = TRUSTEES) -> Box:
    """A box with these choices; None is a blank paper."""
    words = terms(chosen.key, options=[f"Option {at}" for at in range(options)])
    votes = [None if choice is None else Vote(choice, receipts.new()) for choice in choices]
    sealed = [envelopes.seal(words.key.content, words.info, vote) for vote in votes]
    return Box(words, size, ROLL, in_order(sealed))


def result(*choices: int | None, options: int = 3) -> bytes:
    return TRUSTEES.open(box(*choices, options=options).content)


def test_trustees_count_what_is_in_the_box() -> None:
    content = result(*[0] * 12, *[1] * 5, 2, None)
    found = verify.verify(content)
    assert (found["counts"], found["invalid"], found["carried"], len(found["votes"])) == ([12, 5, 1], 1, True, 18)
    assert read(content).counts == (12, 5, 1)
    listed = found["votes"][3]
    assert verify.find(found, f"{listed[:5]} {listed[5:10].lower()}") == f"Option {int(listed[-1]) - 1}"
    option, lower = f"Option {int(listed[-1]) - 1}", f"{listed[:5]}-{listed[5:10]}".lower()
    for around in ("receipt {}", "My receipt: {}.", "check {} please", "回执{}"):
        assert verify.find(found, around.format(lower)) == option
    assert verify.find(found, "2222222222") is None
    assert "not listed" in verify.report(content, "22222 22222")[-1]
    assert "no 0, 1, I, L, O or U" in verify.report(content, "receipt ABCDE FGHIJ")[-1]
    assert "ten letters and digits" in verify.report(content, "receipt ABCD")[-1]
    assert read(content).choice_of(listed[:10]) == int(listed[-1]) - 1


def test_of_more_than_four_options_no_single_vote_is_listed() -> None:
    content = result(*[0] * 5, *[4] * 3, options=5)
    assert verify.verify(content)["votes"] is None
    assert "single votes are not listed" in verify.report(content, "7KQ2M 9XTRA")[-1]
    assert read(content).counts == (5, 0, 0, 0, 3)
    assert read(content).votes == ()


def test_every_single_byte_that_is_changed_is_found() -> None:
    """Each byte of the file, put to other values, left out, doubled."""
    content = result(*[0] * 5, 1, 2, None)
    chance = random.Random(5)
    for at in range(len(content)):
        others = {content[at] ^ 1, content[at] ^ 0x20, chance.randrange(256), ord("0"), ord(" ")} - {content[at]}
        changed = [content[:at] + bytes([other]) + content[at + 1 :] for other in others]
        for one in (*changed, content[:at] + content[at + 1 :], content[: at + 1] + content[at:]):
            if one != content:
                with pytest.raises(Fault):
                    verify.verify(one)
                with pytest.raises(BadResult):
                    read(one)
    for one in (b"", content + b"\n", b"[]", b"\xff" + content, b"9" * 5_000):
        with pytest.raises(Fault):
            verify.verify(one)


def forged(**changes: object) -> bytes:
    """A result with these values changed, and a fitting checksum."""
    import hashlib

    plain = json.loads(result(*[0] * 5, 1, 2))
    del plain["sha256"]
    for path, value in changes.items():
        *into, name = path.split("__")
        place = plain
        for step in into:
            place = place[step]
        place[name] = value
    return canonical({**plain, "sha256": hashlib.sha256(canonical(plain)).hexdigest()})


FORGERIES: list[dict[str, object]] = [
    {"counts": [6, 1, 0]},
    {"counts": [5, 1]},
    {"counts": [5, 1, -1]},
    {"carried": True},
    {"met": [True, True]},
    {"met": []},
    {"invalid": 1},
    {"invalid": -1},
    {"box__count": 8},
    {"box__count": 4},
    {"roll__size": 19},
    {"roll__size": 6},
    {"votes": None},
    {"votes": []},
    {"votes": ["ABCDEFGHJK 1"] * 7},
    {"votes": ["abcdefghjk 1"]},
    {"votes": ["ABCDEFGHJK 4"]},
    {"votes": [1]},
    {"opened__shares": 2},
    {"opened__threshold": 1},
    {"opened__trustees": 6},
    {"format": "another"},
    {"terms__conditions": []},
    {"terms__conditions": [{"measure": "turnout", "needs": "at least", "of": "nobody", "share": "1/3"}]},
    {"terms__conditions": [{"measure": "turnout", "needs": "at least", "of": "cast", "share": "1/0"}]},
    {"terms__options": ["Yes"]},
    {"terms__question": 5},
    {"more": 1},
]


@pytest.mark.parametrize("changes", FORGERIES, ids=str)
def test_a_forger_who_makes_the_checksum_anew_is_found_by_the_counts(changes: dict[str, object]) -> None:
    assert verify.verify(forged())
    with pytest.raises(Fault):
        verify.verify(forged(**changes))


def test_a_box_that_was_changed_is_not_opened() -> None:
    closed = box(*[0] * 6)
    content = closed.content
    assert Box.read(content) == closed
    for at in range(0, len(content), 3):
        with pytest.raises(BadBox):
            Box.read(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    turned = Box(closed.terms, 40, ROLL, closed.envelopes[::-1])
    doubled = Box(closed.terms, 40, ROLL, in_order([*closed.envelopes, closed.envelopes[0]]))
    for one in (turned.content, doubled.content, b"{}", b"nothing"):
        with pytest.raises(BadBox):
            Box.read(one)


@pytest.mark.parametrize(("cast", "size"), [(4, 40), (6, 19)])
def test_a_box_of_few_people_is_not_opened(cast: int, size: int) -> None:
    with pytest.raises(TooFew):
        boxes.open_box(box(*[0] * cast, size=size), TRUSTEES.shares)


def test_an_envelope_of_another_ballot_is_no_vote() -> None:
    """Somebody put it into the box: it opens for the terms of its own ballot alone."""
    other = terms(TRUSTEES.key, options=["A", "B"])
    stray = envelopes.seal(other.key.content, other.info, Vote(0, receipts.new()))
    closed = box(*[1] * 6)
    mixed = Box(closed.terms, 40, ROLL, in_order([*closed.envelopes, stray]))
    assert read(TRUSTEES.open(mixed.content)).invalid == 1


def test_verify_py_stands_alone(tmp_path: Path) -> None:
    """In an interpreter without any library, in an empty folder."""
    file = tmp_path / "verify.py"
    file.write_bytes(Path(verify.__file__).read_bytes())
    content = result(*[0] * 12, *[1] * 5)
    (tmp_path / "result.json").write_bytes(content)
    receipt = verify.verify(content)["votes"][0][:10]
    shown = receipts.shown(receipt)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", "-S", str(file), *arguments]
        return subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True)

    good = run("result.json", *shown.split())
    assert good.returncode == 0 and "everything in the file agrees" in good.stdout and "Option " in good.stdout
    assert run().returncode == 2 and run("none.json").returncode == 1
    (tmp_path / "changed.json").write_bytes(content.replace(b'"invalid": 0', b'"invalid": 1'))
    bad = run("changed.json")
    assert bad.returncode == 1 and "NOT as it was published" in bad.stderr and not bad.stdout
    said = CliRunner().invoke(cli, ["ballot", "verify", str(tmp_path / "result.json"), *shown.split()])
    assert said.exit_code == 0 and said.output == good.stdout
    assert CliRunner().invoke(cli, ["ballot", "verify", str(tmp_path / "changed.json")]).exit_code == 1


def test_trustees_work_without_config_and_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where there is a config that can't be read."""
    monkeypatch.chdir(tmp_path)
    Path("config.toml").write_text("this is no TOML")
    runner = CliRunner()
    made = runner.invoke(cli, ["ballot", "keygen", "--trustees", "4", "--threshold", "2", "--folder", "keys"])
    assert made.exit_code == 0 and "never written" in made.output
    files = sorted(file.name for file in Path("keys").iterdir())
    assert files == ["ballot-key.txt", *(f"ballot-share-{at}-of-4.txt" for at in (1, 2, 3, 4))]
    assert {file.stat().st_mode & 0o777 for file in Path("keys").iterdir()} == {0o600}
    assert runner.invoke(cli, ["ballot", "keygen", "--folder", "keys", "--trustees", "4"]).exit_code == 1
    assert runner.invoke(cli, ["ballot", "keygen", "--threshold", "9"]).exit_code == 1

    key = PublicKey.read(Path("keys/ballot-key.txt").read_text())
    closed = box(*[0] * 12, *[1] * 5, chosen=Trustees(key, ()))
    Path("ballot-7-box.json").write_bytes(closed.content)
    shares = ["keys/ballot-share-4-of-4.txt", "keys/ballot-share-2-of-4.txt"]
    too_few = runner.invoke(cli, ["ballot", "open", "ballot-7-box.json", shares[0]])
    assert too_few.exit_code == 1 and "2 different shares" in too_few.output
    assert runner.invoke(cli, ["ballot", "open", "config.toml", *shares]).exit_code == 1
    assert runner.invoke(cli, ["ballot", "open", "ballot-7-box.json", "config.toml"]).exit_code == 1
    command = ["ballot", "open", "ballot-7-box.json", *shares, "--delete-shares"]
    made_up = runner.invoke(cli, [*command, "--announced", "ab" * 32])
    assert made_up.exit_code == 1 and "not the box that was announced" in made_up.output
    opened = runner.invoke(cli, [*command, "--announced", closed.hash.upper()])
    assert opened.exit_code == 0 and "is destroyed" in opened.output and "are deleted" in opened.output
    assert read(Path("ballot-7-result.json").read_bytes()).counts == (12, 5, 0)
    assert not any(Path(one).exists() for one in shares)
    assert runner.invoke(cli, ["ballot", "verify", "ballot-7-result.json"]).exit_code == 0


@pytest.mark.parametrize("share", ["1e999999", "1/0", "0.5", "1" * 5_000 + "/2"])
def test_a_share_that_is_no_plain_fraction_is_no_condition(share: str) -> None:
    """Of "1e999999999" Python would make a number that takes all of the memory."""
    plain = json.loads(result(*[0] * 12))
    del plain["sha256"]
    plain["met"][0] = plain["carried"] = False
    plain["terms"]["conditions"][0]["share"] = share
    with pytest.raises(BadResult):
        read(boxes.with_checksum(plain))
    plain = json.loads(box(0, 1).content)
    del plain["sha256"]
    plain["terms"]["conditions"][0]["share"] = share
    with pytest.raises(BadBox):
        Box.read(boxes.with_checksum(plain))


def test_what_is_wrong_with_a_file_is_said_in_short() -> None:
    plain = json.loads(result(*[0] * 12))
    del plain["sha256"]
    plain["votes"][0] = "x" * 100_000
    with pytest.raises(BadResult) as refused:
        read(boxes.with_checksum(plain))
    assert "no vote" in refused.value.fault and len(refused.value.fault) <= 200


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a": "\\ud800"}'])
def test_a_file_that_is_meant_to_do_harm_is_refused(content: bytes) -> None:
    with pytest.raises(Fault):
        verify.verify(content)
    with pytest.raises(BadBox):
        Box.read(content)


def test_a_key_with_numbers_without_an_end_is_refused() -> None:
    body = f"nuanxin-ballot-key:1:{'9' * 5_000}:3:{'A' * 52}"
    with pytest.raises(BadKey):
        PublicKey.read(f"{body}:{trustee_keys.checksum(body)}")


def test_a_result_is_recounted_once_for_everybody() -> None:
    content = result(*[0] * 12, *[1] * 5)
    assert read(content) is read(bytes(bytearray(content)))
