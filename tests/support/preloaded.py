"""Starts the program by a fork of a process that has its modules already: `python -m tests.support.preloaded SOCKET`.

Most of what a start costs is Python reading modules, some two seconds of processor time, and the tests start the
program about a hundred times. What runs in the fork is `python -m MODULE ARGUMENTS` from its first line on.

Each connection asks for one start by a line of JSON and gets two lines: the process's id, and its exit status when it
has ended. The starter ends when its standard input does.
"""

from __future__ import annotations

import json
import os
import runpy
import select
import signal
import socket
import sys
from dataclasses import asdict, dataclass
from typing import NoReturn


@dataclass(frozen=True)
class Start:
    """What is to be started, with which environment and umask (the starter's own, if None is given), and the file that
    takes its output."""

    module: str
    arguments: list[str]
    environment: dict[str, str]
    log: str
    umask: int | None = None

    def encode(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"


def _load() -> None:
    import bot.app
    import bot.commands.cli
    import bot.commands.keys
    import bot.process
    import bot.sandbox.runner  # noqa: F401


def _next_start(address: str) -> Start | None:
    """In the fork that shall be the program, what it shall run; None in the starter, at its end."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        os.write(sys.stdout.fileno(), b"ready\n")
        while True:
            ready, _, _ = select.select([listener, sys.stdin], [], [])
            if sys.stdin in ready:
                return None
            connection, _ = listener.accept()
            if os.fork():
                connection.close()
                continue
            listener.close()
            return _forked(connection)


def _forked(connection: socket.socket) -> Start:
    """In the process that waits for the program: never returns. In the program: returns."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    start = Start(**json.loads(connection.makefile("rb").readline()))
    if child := os.fork():
        _report(connection, child)
    connection.close()
    return start


def _report(connection: socket.socket, child: int) -> NoReturn:
    try:
        connection.sendall(f"{child}\n".encode())
        _, status = os.waitpid(child, 0)
        connection.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    finally:
        os._exit(0)


def _become(start: Start) -> None:
    """Takes the environment, the output and the arguments of a program that was started by a shell."""
    os.environ.clear()
    os.environ.update(start.environment)
    if start.umask is not None:
        os.umask(start.umask)
    log = os.open(start.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    sys.argv = [start.module, *start.arguments]


if __name__ == "__main__":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    _load()
    if (asked := _next_start(sys.argv[1])) is not None:
        _become(asked)
        runpy.run_module(asked.module, run_name="__main__", alter_sys=True)
