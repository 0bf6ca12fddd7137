"""The alert rules, judged by Prometheus itself: when they fire, and when they do not."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

RULES = Path(__file__).parents[2] / "deploy" / "monitoring" / "alerts.yml"
DAY = 24 * 60
LEADS = {'nuanxin_is_leader{instance="one", job="nuanxin"}': "1x5000"}
STARTED = {'process_start_time_seconds{instance="one", job="nuanxin"}': "0x4000"}
BACKUP = 'nuanxin_last_backup_timestamp_seconds{instance="one", job="nuanxin"}'
ERRORS = 'nuanxin_errors_total{instance="one", job="nuanxin", type="KeyError"}'
FAILED = 'nuanxin_updates_total{instance="one", job="nuanxin", kind="message", outcome="failed"}'

pytestmark = pytest.mark.skipif(shutil.which("promtool") is None, reason="Prometheus is not there")


def is_firing(folder: Path, alert: str, minute: int, series: dict[str, str]) -> bool:
    """Whether the alert fires so many minutes after the start of the series, which have a value each minute (`_` is
    none)."""
    file = folder / "test.yml"  # JSON is YAML
    asked = f'ALERTS{{alertname="{alert}", alertstate="firing"}}'
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f"count({asked}) or vector(0)",
                "eval_time": f"{minute}m",
                "exp_samples": [{"labels": "{}", "value": 1}],
            }
        ],
    }
    file.write_text(json.dumps({"rule_files": [str(RULES)], "evaluation_interval": "1m", "tests": [test]}))
    ran = subprocess.run(["promtool", "test", "rules", str(file)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0 or "exp:" in ran.stdout + ran.stderr, ran.stdout + ran.stderr
    return ran.returncode == 0


def test_prometheus_accepts_the_rules() -> None:
    ran = subprocess.run(["promtool", "check", "rules", str(RULES)], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_first_error_of_its_type_is_told(tmp_path: Path) -> None:
    """A counter with a new label begins at 1, of which `increase` sees nothing."""
    first = {ERRORS: "_x5 1x60"}
    assert is_firing(tmp_path, "NuanxinErrors", 7, first)
    assert not is_firing(tmp_path, "NuanxinErrors", 30, first)
    again = {ERRORS: "1x30 2x60"}
    assert not is_firing(tmp_path, "NuanxinErrors", 29, again)
    assert is_firing(tmp_path, "NuanxinErrors", 33, again)


def test_many_failures_at_once_are_told(tmp_path: Path) -> None:
    assert is_firing(tmp_path, "NuanxinUnanswered", 7, {FAILED: "_x5 9x60"})
    assert not is_firing(tmp_path, "NuanxinUnanswered", 7, {FAILED: "_x5 3x60"})
    assert is_firing(tmp_path, "NuanxinUnanswered", 35, {FAILED: "3x30 20x60"})
    assert not is_firing(tmp_path, "NuanxinUnanswered", 60, {FAILED: "3x30 20x60"})


def test_a_new_bot_has_a_day_for_its_first_backup(tmp_path: Path) -> None:
    start = 2 * DAY
    never = {
        **LEADS,
        BACKUP: "0x5000",
        'process_start_time_seconds{instance="one", job="nuanxin"}': f"{start * 60}x5000",
    }
    assert not is_firing(tmp_path, "NuanxinBackupOld", start + 5, never)
    assert is_firing(tmp_path, "NuanxinBackupOld", start + DAY + 3 * 60, never)


def test_an_old_backup_is_told_though_another_process_has_just_started(tmp_path: Path) -> None:
    """Only the leader knows of backups."""
    old = {**LEADS, **STARTED, BACKUP: "3600x4000"}
    stands_by = {
        name.replace("one", "two"): values
        for name, values in {
            'nuanxin_is_leader{instance="one", job="nuanxin"}': "0x4000",
            'process_start_time_seconds{instance="one", job="nuanxin"}': "90000x4000",
            BACKUP: "0x4000",
        }.items()
    }
    assert not is_firing(tmp_path, "NuanxinBackupOld", DAY, {**old, **stands_by})
    assert is_firing(tmp_path, "NuanxinBackupOld", DAY + 4 * 60, {**old, **stands_by})


def test_a_process_that_does_not_answer_is_told(tmp_path: Path) -> None:
    down = {'up{instance="one", job="nuanxin"}': "1x5 0x60"}
    assert not is_firing(tmp_path, "NuanxinDown", 5, down)
    assert is_firing(tmp_path, "NuanxinDown", 8, down)
