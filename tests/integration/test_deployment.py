"""The files of deploy/: installed into a clean folder, held against the program, and followed as the documents say."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.app import App
from bot.config.config import load
from tests.support.databases import opened
from tests.support.processes import environment

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DOCS = (ROOT / "docs" / "operations.md").read_text("utf-8")
on_one_machine = pytest.mark.xdist_group("machine")
METRIC = re.compile(r"\b((?:nuanxin|process)_[a-z_]+)")


def install(prefix: Path, *arguments: str) -> str:
    command = ["sh", str(DEPLOY / "install.sh"), "--prefix", str(prefix), "--without-packages", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def installed(prefix: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(prefix / "usr/local/bin/nuanxin"), *arguments]
    variables = {name: text for name, text in environment(prefix).items() if name != "NUANXIN_CONFIG"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=prefix, env=variables)


class Installed(NamedTuple):
    """A bot below a folder, and what its installer said."""

    prefix: Path
    said: str


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """For more than one test: until Python has compiled all files of a new folder, it takes four seconds."""
    prefix = tmp_path_factory.mktemp("machine")
    said = install(prefix)
    (prefix / "opt/nuanxin/.venv").symlink_to(sys.prefix)
    return Installed(prefix, said)


def without_rights(prefix: Path, *arguments: str) -> tuple[int, list[str]]:
    """What the command says to an account that may not read everything, as the service's. Root gives that up."""
    given_up = ["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else []
    command = [*given_up, str(prefix / "usr/local/bin/nuanxin"), *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=prefix, env=environment(prefix))
    return ran.returncode, ran.stderr.splitlines() + ran.stdout.splitlines()


@contextmanager
def mode(path: Path, bits: int) -> Iterator[None]:
    """Who may do what with it, for a while."""
    before = path.stat().st_mode
    path.chmod(bits)
    try:
        yield
    finally:
        path.chmod(before)


@on_one_machine
def test_what_the_account_may_not_read_is_said_in_one_line(machine: Installed, tmp_path: Path) -> None:
    prefix = machine.prefix
    assert installed(prefix, "migrate").returncode == 0
    home = tmp_path / "home"
    home.mkdir()
    assert installed(prefix, "backup", str(home / "x.backup")).returncode == 0
    with mode(home, 0o500):
        code, said = without_rights(prefix, "backup", "verify", str(home / "x.backup"))
        assert code == 0 and "can be restored" in said[0], "it is tried where the account can write"
    stations = home / "stations.csv"
    with mode(home, 0):
        assert without_rights(prefix, "stations", "import", str(stations)) == (1, [f"{stations}: Permission denied"])
    config = prefix / "etc/nuanxin/config.toml"
    with mode(config, 0):
        assert without_rights(prefix, "check") == (1, [f"{config}: can't be read: Permission denied"])
    with mode(config.parent, 0):
        assert without_rights(prefix, "check") == (1, [f"{config}: Permission denied"])


@on_one_machine
def test_the_installer_leaves_a_bot_that_runs_and_keeps_config_and_data(machine: Installed) -> None:
    prefix, said = machine
    config = prefix / "etc/nuanxin/config.toml"
    assert f"edit {config}" in said and config.stat().st_mode & 0o777 == 0o600
    assert load(config).data.folder == prefix / "var/lib/nuanxin"
    checked = installed(prefix, "check")
    assert (checked.returncode, checked.stdout) == (0, "the config and the connections are fine\n"), checked.stderr
    assert installed(prefix, "demo").returncode == 0
    config.write_text(config.read_text() + "# mine\n")
    (prefix / "opt/nuanxin/bot/gone_in_this_version.py").touch()
    install(prefix)
    assert config.read_text().endswith("# mine\n")
    assert not (prefix / "opt/nuanxin/bot/gone_in_this_version.py").exists()
    upgraded = installed(prefix, "upgrade")
    assert upgraded.returncode == 0 and "to go back" in upgraded.stdout, upgraded.stderr
    assert list((prefix / "var/lib/nuanxin/backups").iterdir())
    unit = (prefix / "etc/systemd/system/nuanxin.service").read_text()
    assert f"ExecStart={prefix}/opt/nuanxin/.venv/bin/python -m bot --config {config} run" in unit


def tree(folder: Path, *files: str) -> None:
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)


def test_the_packages_are_made_slim(tmp_path: Path) -> None:
    """Only what the bot never uses goes; `make install` is told to start over, since its tools are gone."""
    needed = [
        *("babel/locale-data/root.dat", "babel/locale-data/en_001.dat", "babel/locale-data/zh_Hans_CN.dat"),
        *("holidays/locale/zh_CN/x.mo", "pygments/lexers/__init__.py", "pygments/lexers/_mapping.py"),
        *("numpy/core.py", "numpy/_core/_multiarray_umath.so", "PIL/_imaging.so", "pillow.libs/libpng16.so"),
        *("sqlalchemy/orm.py", "pip_like/x.py", "lxml/etree.so", "numpy/random/x.py", "telegram/x.py"),
    ]
    unneeded = [
        *("babel/locale-data/fr.dat", "holidays/locale/th/x.mo", "pygments/lexers/perl.py", "pkg_resources/x.py"),
        *("numpy/tests/x.py", "numpy/f2py/x.py", "sqlalchemy/testing/x.py", "icalendar/tests/x.py", "numpy/core.pyi"),
        *("numpy/_core/_umath_tests.so", "numpy/_core/include/x.h", "PIL/_avif.so", "pillow.libs/libavif-1.so"),
        *("asyncpg/protocol.c", "pip/x.py", "pip-24.dist-info/x", "uv-0.13.dist-info/x", "setuptools/x.py"),
        *("lxml/html/x.py", "lxml/objectify.so", "numpy/fft/x.py", "numpy/__pycache__/core.pyc", "telegram/ext/x.py"),
    ]
    packages = tmp_path / ".venv/lib/python3.11/site-packages"
    tree(packages, *needed, *unneeded)
    tree(tmp_path / ".venv", ".uv", ".run", ".lock", "bin/uv", "bin/pip3")
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    tree(tmp_path / "handlers/i18n/locales/zh_Hans/LC_MESSAGES", "nuanxin.po")
    slim = ["sh", str(DEPLOY / "slim.sh"), str(tmp_path)]
    variables = {"STRIP": "none", "PYTHONPATH": sysconfig.get_path("purelib")}  # these files have nothing to strip
    subprocess.run(slim, check=True, env={**os.environ, **variables})
    left = {str(path.relative_to(packages)) for path in packages.rglob("*") if path.is_file()}
    assert left == set(needed)
    assert {path.name for path in (tmp_path / ".venv").iterdir()} == {"bin", "lib"}
    assert {path.name for path in (tmp_path / ".venv/bin").iterdir()} == {"python"}


def test_only_what_the_program_imports_stays_compiled(tmp_path: Path) -> None:
    """Also what it imports within a function, and what a library of its imports."""
    packages = tmp_path / ".venv/lib/python3.11/site-packages"
    files = {"used.py": "import used_by_it", "used_by_it.py": "", "late.py": "", "unused.py": ""}
    for name, text in files.items():
        (packages / name).parent.mkdir(parents=True, exist_ok=True)
        (packages / name).write_text(text)
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot/x.py").write_text("import used\n\n\ndef later():\n    import late\n")
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(packages)], check=True)
    command = [sys.executable, str(DEPLOY / "slim_compiled.py"), str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(packages)})
    left = {path.name.partition(".")[0] for path in packages.rglob("*.pyc")}
    assert left == {"used", "used_by_it", "late"}


def segments(*places: tuple[int, int]) -> bytes:
    """A library of 64 bits whose segments are at these places of the file and of the memory."""
    header = struct.pack("<5sB10xHHIQQQIHHHHHH", b"\x7fELF\x02", 1, 3, 62, 1, 0, 64, 0, 0, 64, 56, len(places), 0, 0, 0)
    return header + b"".join(struct.pack("<IIQQQQQQ", 1, 5, *place, 0, 0, 0, 4096) for place in places)


def test_a_library_that_strip_breaks_stays_as_it_is(tmp_path: Path) -> None:
    """As binutils 2.40 does to numpy's: the loader refuses a segment that is off the pages."""
    good, bad = segments((0, 0), (4096, 8192)), segments((0, 0), (4104, 8192))
    (tmp_path / "becomes_good.so").write_bytes(good + b"symbols")
    (tmp_path / "becomes_bad.so.1").write_bytes(good + b"symbols")
    (tmp_path / "no_library.so").write_bytes(b"")
    strip = tmp_path / "strip"
    strip.write_text(
        f"""#!{sys.executable}
import pathlib, sys
small, library = map(pathlib.Path, sys.argv[3:])
small.write_bytes({bad!r} if "bad" in library.name else {good!r})
sys.exit(library.stat().st_size == 0)
"""
    )
    strip.chmod(0o755)
    subprocess.run([sys.executable, str(DEPLOY / "slim_symbols.py"), str(strip), str(tmp_path)], check=True)
    assert (tmp_path / "becomes_good.so").read_bytes() == good
    assert (tmp_path / "becomes_bad.so.1").read_bytes() == good + b"symbols"
    assert {path.name for path in tmp_path.iterdir()} == {
        "becomes_good.so",
        "becomes_bad.so.1",
        "no_library.so",
        "strip",
    }


@pytest.mark.skipif(shutil.which("strip") is None, reason="binutils is not there")
def test_numpy_is_there_after_this_machine_has_stripped_it(tmp_path: Path) -> None:
    import numpy

    site = Path(numpy.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):
        shutil.copytree(site / name, tmp_path / name)
    subprocess.run([sys.executable, str(DEPLOY / "slim_symbols.py"), "strip", str(tmp_path)], check=True)
    code = "import numpy; print(numpy.__file__, numpy.linalg.inv(numpy.eye(2))[0, 0])"
    command = [sys.executable, "-S", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(tmp_path)})
    assert ran.stdout == f"{tmp_path / 'numpy/__init__.py'} 1.0\n"


def imported() -> Iterator[str]:
    """The modules that the program imports, at its start or later."""
    spec = importlib.util.spec_from_file_location("slim_compiled", DEPLOY / "slim_compiled.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield from (*module.imported(ROOT), *module.UNNAMED)


def test_what_the_program_imports_stays_in_slim_packages() -> None:
    """Nor do the libraries themselves ask for what goes."""
    code = "import importlib, sys\nfor name in sys.argv[1:]: importlib.import_module(name)\n"
    code += "print(*(one.__file__ for one in list(sys.modules.values()) if getattr(one, '__file__', None)), sep='\\n')"
    names = sorted(set(imported()) - {"_typeshed"})
    command = [sys.executable, "-W", "ignore", "-c", code, *names]
    files = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout.splitlines()
    gone = re.compile(r"site-packages/(.+/)?(tests?|SelfTest)/|/(sqlalchemy/testing|alembic/testing|numpy/f2py)/")
    gone_too = re.compile(
        r"site-packages/(pip|uv|setuptools|pkg_resources|numpy/(distutils|fft|polynomial)|telegram/ext)/"
        r"|/_core/_\w+_tests\.|/lxml/(html|isoschematron|objectify)"
    )
    assert len(files) > 1_000
    assert [file for file in files if gone.search(file) or gone_too.search(file)] == []


def test_the_installer_refuses_what_it_does_not_know() -> None:
    ran = subprocess.run(["sh", str(DEPLOY / "install.sh"), "--nonsense"], capture_output=True, text=True, check=False)
    assert ran.returncode == 2 and "--nonsense" in ran.stderr


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not there")
def test_the_unit_is_confined() -> None:
    command = ["systemd-analyze", "security", "--offline=yes", "--no-pager", str(DEPLOY / "nuanxin.service")]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.search(r"exposure level for nuanxin.service: (\d+\.\d)", said)
    assert found is not None and float(found[1]) <= 3.0


def test_the_image_takes_only_the_program() -> None:
    """Everything is left out but what the Dockerfile copies."""
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {name for line in copied for name in line.split()}


def test_the_container_is_healthy_when_the_bot_is_ready() -> None:
    assert 'CMD [".venv/bin/python", "-m", "bot", "health"]' in (DEPLOY / "Dockerfile").read_text()


def test_a_password_of_compose_stands_in_no_url() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    assert "postgresql://nuanxin@database/nuanxin" in text and 'PGPASSWORD: "${POSTGRES_PASSWORD:?}"' in text
    assert "config.toml" in text
    assert "env_file: [{path: .env, required: false}]" in text, "every variable of .env reaches the bot"


def test_slim_packages_are_installed_again_as_a_whole(tmp_path: Path) -> None:
    """A new version may need what was taken out of the packages that stay."""
    for name in ("Makefile", "requirements.lock", "requirements-uv.lock"):
        shutil.copy(ROOT / name, tmp_path)
    tree(tmp_path / ".venv", "bin/python")
    command = ["make", "--dry-run", "-C", str(tmp_path), "install"]
    assert "--reinstall" in subprocess.run(command, capture_output=True, text=True, check=True).stdout
    tree(tmp_path / ".venv", ".uv")
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "pip sync" in said and "--reinstall" not in said


def test_nothing_is_installed_without_its_hash(tmp_path: Path) -> None:
    """Neither the packages nor the installer of the packages; and what that needs is on the machine."""
    makefile = (ROOT / "Makefile").read_text()
    sync = re.search(r"^SYNC := (.+)$", makefile, re.MULTILINE)
    assert sync is not None and "--require-hashes" in sync[1]
    installing = re.findall(r"^\t.*\b(?:pip install|pip sync) .+$", makefile, re.MULTILINE)
    assert len(installing) == 3
    assert all("--require-hashes" in line or "$(SYNC)" in line for line in installing)
    install(tmp_path)
    locks = set(re.findall(r"\brequirements[\w-]*\.lock", makefile)) - {"requirements-dev.lock"}
    assert len(locks) == 2
    for lock in locks:
        assert (tmp_path / "opt/nuanxin" / lock).read_text() == (ROOT / lock).read_text()


def shown(tmp_path: Path) -> set[str]:
    """Every metric of the page, by the names that queries use."""
    database = opened(f"sqlite+aiosqlite:///{tmp_path / 'x.db'}")
    page = App(load(tmp_path / "none.toml"), database).base.metrics.page().decode()
    names = set()
    for name, kind in re.findall(r"^# TYPE (\S+) (\w+)", page, re.MULTILINE):
        endings = ("_bucket", "_count", "_sum") if kind == "histogram" else ("",)
        names |= {name + ending for ending in endings}
    return names


async def test_alerts_and_dashboard_name_only_metrics_that_exist(tmp_path: Path) -> None:
    names = shown(tmp_path)
    rules = (DEPLOY / "monitoring" / "alerts.yml").read_text("utf-8")
    expressions = re.findall(r"^ +expr: (.+?)\n +(?:for|annotations):", rules, re.MULTILINE | re.DOTALL)
    assert len(expressions) == rules.count("alert:")
    dashboard = json.loads((DEPLOY / "monitoring" / "dashboard.json").read_text("utf-8"))
    queries = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    assert len(expressions) > 10 and len(queries) > 15
    asked = {name for text in (*expressions, *queries) for name in METRIC.findall(text)}
    assert asked - names == set()
    assert {name for name in names if name.startswith("nuanxin_")} <= {
        name for name in names if any(name.startswith(one.removesuffix("_bucket")) for one in asked)
    }, "every metric is on the dashboard or has an alert"


def test_every_alert_is_in_the_documents() -> None:
    names = re.findall(r"alert: (\w+)", (DEPLOY / "monitoring" / "alerts.yml").read_text("utf-8"))
    assert {name for name in names if f"`{name}`" not in DOCS} == set()


def test_each_failure_in_the_documents_has_its_test_or_its_run() -> None:
    """What fails, who is told: the last column names tests, parts of `make chaos`, or says that there is the rule
    alone."""
    table = DOCS.partition("### What fails, who is told")[2].partition("\n## ")[0]
    rows = [row.split("|")[1:-1] for row in table.splitlines() if row.startswith("|")][2:]
    assert len(rows) > 15 and {len(row) for row in rows} == {5}
    for failure, *_, shown_by in rows:
        parts = re.search(r"`make chaos`: ([\w, ]+)", shown_by)
        for part in parts[1].split(", ") if parts else ():
            assert (ROOT / "benchmarks" / "chaos" / f"{part.strip()}.py").exists(), part
        for test in re.findall(r"tests/[\w/]+\.py", shown_by):
            assert (ROOT / test).exists(), test
        assert parts or "tests/" in shown_by or "the rule alone" in shown_by, failure


def test_the_documents_name_only_commands_that_exist() -> None:
    """What follows `python -m bot` or `nuanxin` in the documents is a command."""
    from typer.main import get_command

    from bot.commands.cli import cli

    known = set(get_command(cli).commands)  # type: ignore[attr-defined]
    texts = [DOCS, (ROOT / "README.md").read_text(), (DEPLOY / "install.sh").read_text()]
    named = {word for text in texts for word in re.findall(r"(?:python -m bot|sudo nuanxin) ([a-z]+)", text)}
    assert len(named) > 5 and named - known == set()
