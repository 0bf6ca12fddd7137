"""`python -m bot`."""

import gc

# Nothing made while the program starts is garbage; looking for it takes a fifth of the time. `bot.program` goes on.
gc.disable()

from bot.cli import cli  # noqa: E402

cli()
