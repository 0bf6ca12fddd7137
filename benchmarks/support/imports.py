"""The peer of the start: a program that imports what ours has imported of libraries once it runs, and does nothing.

`python -m benchmarks.support.imports names` prints these modules, in the order in which they came;
`python -m benchmarks.support.imports FILE` imports the modules that the file names, and prints its resident bytes.
"""

from __future__ import annotations

import importlib
import resource
import sys
from importlib import util
from pathlib import Path

OWN = {"bot", "handlers", "storage", "schedules", "benchmarks", "__main__", "__mp_main__"}


def names() -> list[str]:
    """Modules of libraries that the bot's own modules import."""
    for one in ("bot.commands.cli", "bot.process", "bot.app"):
        importlib.import_module(one)
    known = sys.stdlib_module_names | OWN
    # What a library made without importing it, such as cryptography's `_openssl`, has no specification.
    found = [name for name, module in sys.modules.items() if getattr(module, "__spec__", None) is not None]
    return [name for name in found if name.partition(".")[0] not in known]


def main() -> None:
    (wanted,) = sys.argv[1:]
    if wanted == "names":
        print("\n".join(names()))
        return
    modules = Path(wanted).read_text().split()
    for optional in ("rich", "httpx._main"):
        if optional not in modules:
            sys.modules[optional] = None  # type: ignore[assignment]  # the bot keeps it from being loaded, too
    for package in {name.partition(".")[0] for name in modules} - set(modules):
        spec = util.find_spec(package)
        assert spec is not None
        sys.modules[package] = util.module_from_spec(spec)  # the bot has loaded parts of it alone
    for name in modules:
        importlib.import_module(name)
    # Not by getrusage, which begins with what the program that started it had.
    print(int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize())


if __name__ == "__main__":
    main()
