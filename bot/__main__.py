"""`python -m bot`."""

import gc
import os
import sys

from bot.private_files import keep_private

keep_private()

if sys.argv[1:] == ["health"]:
    from bot.commands import health

    if (listening := health.written(os.environ)) is not None:
        if trouble := health.trouble_of(listening):
            sys.exit(trouble)
        sys.stdout.write("ready\n")
        sys.exit()

# Nothing made while the program starts is garbage; looking for it takes a fifth of the time. `bot.process` goes on.
gc.disable()

# pykdtree asks a second thread even for one place, and the first spins until it is done. Where two programs share the
# cores, that took two thirds of the speed of both (`make bench`, scaling).
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Pydantic would read the metadata of every installed package to look for plugins of its own: a thirtieth of the start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

from bot.commands.cli import cli  # noqa: E402

cli()
