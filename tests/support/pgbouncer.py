"""A real PgBouncer before the PostgreSQL of the tests, where one is installed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from sqlalchemy import make_url

from tests.support.simulator import free_port

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
_CONFIG = """
[databases]
* = host={host} port={port} user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listens}
unix_socket_dir =
auth_type = any
pool_mode = {mode}
default_pool_size = {most}
"""


@contextlib.asynccontextmanager
async def pgbouncer(url: str, mode: str, most: int = 20) -> AsyncIterator[str]:
    """The URL of the database through a PgBouncer in this mode, with its defaults, and so many connections."""
    assert PROGRAM is not None
    server = make_url(url)
    with tempfile.TemporaryDirectory(prefix="pgbouncer-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        host, port, listens = str(server.query["host"]), server.port or 5432, _free_port()
        config = folder / "pgbouncer.ini"
        config.write_text(_CONFIG.format(host=host, port=port, listens=listens, mode=mode, most=most))
        config.chmod(0o644)
        account = ["-u", Path(host).owner()] if os.geteuid() == 0 else []  # whose socket it may use
        log = (folder / "log").open("wb")
        process = await asyncio.create_subprocess_exec(PROGRAM, *account, str(config), stdout=log, stderr=log)
        log.close()
        try:
            await _until_it_listens(listens, process)
            here = server.set(host="127.0.0.1", port=listens, query={}, username="postgres", password="any")
            yield here.render_as_string(hide_password=False)
        finally:
            process.terminate()
            await process.wait()


async def _until_it_listens(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(20):
        while process.returncode is None:
            with contextlib.suppress(ConnectionError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.02)
    raise AssertionError("pgbouncer ended")


def _free_port() -> int:
    with free_port() as listening:
        return int(listening.getsockname()[1])
