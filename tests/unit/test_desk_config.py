"""The desks of the config: added, changed, wrong, and with keys under the names that they had before 0.8."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from bot.config import desks as config_desks
from bot.config.config import BadConfig, load, load_with_warnings

DESK = """
[desks.housing]
command = "housing"
prefix = "H"
title = { zh_Hans = "租房", en = "Housing" }
about = { zh_Hans = "租房求助", en = "Help with housing" }
intro = { zh_Hans = "…", en = "Rent and landlords." }
next_steps = { zh_Hans = "…", en = "Somebody answers." }
escalation_after = ["2h", "4h", "6h"]
urgent_within = "45m"
crisis_words = ["走了算了"]
[[desks.housing.asks]]
key = "story"
type = "parts"
title = { en = "Story" }
words = { en = "What is it?" }
[[desks.housing.asks]]
key = "heat"
type = "choice"
title = { en = "Heating" }
words = { en = "Is it heated?" }
choices = [{ key = "yes", words = { en = "Yes" } }, { key = "no", words = { en = "No" } }]
[desks.legal]
handlers = [5, 6]
[desks.care]
enabled = false
"""


def test_an_organisation_adds_a_desk_without_code(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(DESK)
    desks = config_desks.desks(load(tmp_path / "config.toml").desks)
    assert set(desks) == {"legal", "aid", "suggestion", "housing", "honours"}
    assert "honours" not in config_desks.desks(load(tmp_path / "config.toml").desks, off={"honours"})
    assert desks["housing"].escalation_after == (timedelta(hours=2), timedelta(hours=4), timedelta(hours=6))
    assert desks["housing"].urgent_within == timedelta(minutes=45) and desks["housing"].crisis_words == ("走了算了",)
    assert desks["legal"].urgent_within == timedelta(minutes=30) and not any(desk.crisis for desk in desks.values())
    assert desks["legal"].handlers == {5, 6} and desks["legal"].hotlines == ("12348", "12351")


def test_texts_are_kept_as_people_write_them(tmp_path: Path) -> None:
    written = DESK.replace('en = "Housing"', 'en = " Hous\\u200bing\\u202e\\n now "')
    written = written.replace('"Rent and landlords."', '"Rent\\u0007 and\\u200b landlords. \\n\\nAnd  deposits."')
    (tmp_path / "config.toml").write_text(written.replace("走了算了", " 走了\\u200b算了"))
    desk = config_desks.desks(load(tmp_path / "config.toml").desks)["housing"]
    assert desk.title["en"] == "Housing now"
    assert desk.intro["en"] == "Rent and landlords.\n\nAnd deposits."
    assert desk.crisis_words == ("走了算了",)


def test_a_text_that_shows_nothing_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(DESK.replace('"Rent and landlords."', '"\\u200b\\u202e"'))
    with pytest.raises(BadConfig) as refused:
        load(tmp_path / "config.toml")
    (line,) = str(refused.value).splitlines()
    assert "desks.housing.intro.en" in line and "no visible characters" in line


def test_the_built_in_desks_are_written_that_way() -> None:
    built_in = config_desks.built_in()["legal"]
    assert config_desks.DeskSection.model_validate(built_in).intro == built_in["intro"]


UNIT = '{ key = "unit", within = "48h", title = { en = "Unit" } }'


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ('command = "housing"', 'command = "legal"'),
        ('command = "housing"', 'command = "start"'),
        ('prefix = "H"', 'prefix = "L"'),
        ('prefix = "H"', 'prefix = "A"'),
        ('prefix = "H"', 'prefix = "house"'),
        ('type = "parts"', 'type = "poem"'),
        ('type = "parts"', 'type = "kind"'),
        ('escalation_after = ["2h", "4h", "6h"]', 'escalation_after = ["soon"]'),
        ('urgent_within = "45m"', 'urgent_within = "soon"'),
        ('urgent_within = "45m"', 'urgent_within = "0s"'),
        ("enabled = false", "asks = [{ key = 'x', type = 'text', title = { en = 'x' }, words = { en = 'x' } }]"),
        ("handlers = [5, 6]", "persons = [5]"),
        ("handlers = [5, 6]", 'feature = "poems"'),
        ("handlers = [5, 6]", 'levels = [{ key = "unit", within = "0s", title = { en = "Unit" } }]'),
        ("handlers = [5, 6]", f"levels = [{UNIT}, {UNIT}]"),
        ("[desks.care]\nenabled = false", f"[desks.suggestion]\nlevels = [{UNIT}]"),
    ],
)
def test_a_desk_that_is_wrong_is_explained_on_one_line(tmp_path: Path, changed: str, line: str) -> None:
    (tmp_path / "config.toml").write_text(DESK.replace(changed, line))
    with pytest.raises(BadConfig) as fault:
        load(tmp_path / "config.toml")
    assert len(fault.value.lines) == 1 and "desks" in fault.value.lines[0]


OLD_NAMES = {
    "sign": "emoji",
    "before": "intro",
    "following": "next_steps",
    "late": "escalation_after",
    "danger": "crisis_words",
    "people": "handlers",
    "most_per_day": "daily_limit",
}
HOUSING = DESK.replace("[[desks", 'emoji = "🏠"\ndaily_limit = 2\n[[desks', 1)


def spelled_as_before(text: str) -> str:
    for old, new in OLD_NAMES.items():
        text = text.replace(f"\n{new} = ", f"\n{old} = ")
    return text


def test_the_old_names_of_a_desks_keys_still_work_with_a_warning_each(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(HOUSING)
    config, warnings = load_with_warnings(path)
    assert not warnings
    path.write_text(spelled_as_before(HOUSING))
    assert load(path) == config
    warnings = load_with_warnings(path).warnings
    assert len(warnings) == len(OLD_NAMES)
    for old, new in OLD_NAMES.items():
        desk = "legal" if old == "people" else "housing"
        assert (
            f"{path}: desks.{desk}.{old} is now called {new}; the old name will stop working in the next release"
            in warnings
        )


def test_the_old_names_still_work_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "config.toml"
    path.write_text("[desks.legal]\nhandlers = [5]\nlate = ['1h', '2h', '3h']\n")
    monkeypatch.setenv("NUANXIN_DESKS__LEGAL__PEOPLE", "7, 8")
    monkeypatch.setenv("NUANXIN_DESKS__LEGAL__ESCALATION_AFTER", "4h, 5h, 6h")
    config, warnings = load_with_warnings(path)
    legal = config.desks["legal"]
    assert legal.handlers == [7, 8] and legal.escalation_after == [timedelta(hours=hours) for hours in (4, 5, 6)]
    assert [warning.split(" is now")[0] for warning in warnings] == [
        f"{path}: desks.legal.late",
        "environment: desks.legal.people",
    ]


@pytest.mark.parametrize(("old", "new"), OLD_NAMES.items())
def test_a_desk_with_both_names_of_a_key_is_one_clear_fault(tmp_path: Path, old: str, new: str) -> None:
    desk = HOUSING + "handlers = [1]\n"
    (line,) = {line for line in desk.splitlines() if line.startswith(f"{new} = ") and line != "handlers = [5, 6]"}
    path = tmp_path / "config.toml"
    path.write_text(desk.replace(line, f"{line}\n{line.replace(new, old)}"))
    with pytest.raises(BadConfig) as fault:
        load(path)
    name = "care" if old == "people" else "housing"
    assert fault.value.lines == [f"{path}: desks.{name} has both {new} and its old name {old}; remove {old}"]


def test_a_fault_of_a_key_under_its_old_name_is_told_under_that_name(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[desks.legal]\nlate = ['1h', 'soon', '3h']\n")
    with pytest.raises(BadConfig) as fault:
        load(tmp_path / "config.toml")
    assert fault.value.lines == ["desks.legal.late.1: 'soon' is not a duration (for example 30m, 24h or 7d)"]


def test_lists_come_from_the_environment_in_both_ways(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for value, ids in (("1,2, 3", [1, 2, 3]), ("[4, 5]", [4, 5]), ("6", [6]), ("", [])):
        monkeypatch.setenv("NUANXIN_PEOPLE__COUNSEL", value)
        monkeypatch.setenv("NUANXIN_DESKS__LEGAL__HANDLERS", value)
        config = load(tmp_path / "none.toml")
        assert config.people.counsel == ids and config.desks["legal"].handlers == ids
    monkeypatch.setenv("NUANXIN_REMINDERS__LEAD_TIMES", "24h, 30m")
    monkeypatch.setenv("NUANXIN_DESKS__LEGAL__ESCALATION_AFTER", "12h, 1d, 2d")
    monkeypatch.setenv("NUANXIN_MEMBERSHIP__DISTRICTS", '["德城区", "陵城区"]')
    config = load(tmp_path / "none.toml")
    assert config.reminders.lead_times == [timedelta(hours=24), timedelta(minutes=30)]
    assert config.desks["legal"].escalation_after == [timedelta(hours=12), timedelta(days=1), timedelta(days=2)]
    assert config.membership.districts == ["德城区", "陵城区"]
    monkeypatch.setenv("NUANXIN_PEOPLE__COUNSEL", "[1, ")
    with pytest.raises(BadConfig) as fault:
        load(tmp_path / "none.toml")
    assert len(fault.value.lines) == 1


PLACES = """
[desks.housing]
command = "housing"
prefix = "H"
title = { en = "Housing" }
about = { en = "Help with housing" }
intro = { en = "Rent and landlords." }
next_steps = { en = "Somebody answers." }
levels = [{ key = "city", within = "48h", by_place = { dz = [1], jn = [2] }, title = { en = "City" } }]
[[desks.housing.asks]]
key = "city"
type = "place"
title = { en = "City" }
words = { en = "Where?" }
choices = [{ key = "dz", words = { en = "Dezhou" } }, { key = "jn", words = { en = "Jinan" } }]
"""


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ("jn = [2]", "xx = [2]", "by_place of level city needs a question of type place with these choices"),
        (", jn = [2]", "", "a place has no reviewer"),
        ('type = "place"', 'type = "choice"', "by_place of level city needs a question of type place"),
    ],
)
def test_reviewers_by_place_leave_no_place_out(tmp_path: Path, before: str, after: str, line: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(PLACES, "utf-8")
    (level,) = config_desks.desks(load(file).desks)["housing"].levels
    assert level.by_place == {"dz": {1}, "jn": {2}}
    file.write_text(PLACES.replace(before, after), "utf-8")
    with pytest.raises(BadConfig, match=line):
        load(file)
    everywhere = 'within = "48h", reviewers = [3], by_place = { dz = [1] }'
    file.write_text(PLACES.replace('within = "48h", by_place = { dz = [1], jn = [2] }', everywhere), "utf-8")
    load(file)
