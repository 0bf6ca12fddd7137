"""`make vendor`: brings the libraries of the pages into bot/web/vendor, as libraries.toml there names them.

npm fetches them, from wherever it is set up to. Nothing is run that comes with them.
"""

from __future__ import annotations

import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "bot" / "web" / "vendor"


@dataclass(frozen=True, slots=True)
class Library:
    """One package: which of its files are wanted, by the path in it, with the hash that each has to have."""

    name: str
    version: str
    licence: str
    integrity: str
    files: Mapping[str, str]
    licence_file: str = ""

    @property
    def licence_name(self) -> str:
        """What the text of its licence is called beside its files."""
        return f"{self.name}.LICENSE"

    @property
    def takes(self) -> Mapping[str, str]:
        """By the path in the package, the name in our folder."""
        licence = {self.licence_file: self.licence_name} if self.licence_file else {}
        return {**{path: Path(path).name for path in self.files}, **licence}


def libraries() -> list[Library]:
    """What libraries.toml names."""
    tables = tomllib.loads((FOLDER / "libraries.toml").read_text("utf-8"))
    return [Library(name, **table) for name, table in tables.items()]


def hash_of(content: bytes, algorithm: str = "sha256") -> str:
    """As libraries.toml and npm write it: "sha256-", then the digest in base64."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, content).digest()).decode()}"


def fetch(library: Library, folder: Path) -> Iterator[str]:
    """Writes the files of one library; yields what has another hash than it should."""
    said = subprocess.run(
        ["npm", "pack", "--silent", "--ignore-scripts", f"{library.name}@{library.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    package = folder / said.stdout.split()[-1]
    found = hash_of(package.read_bytes(), "sha512")
    if found != library.integrity:
        yield f"{library.name}: the package has {found}"
        return
    with tarfile.open(package) as archive:
        for path, name in library.takes.items():
            member = archive.extractfile(f"package/{path}")
            content = member.read() if member else b""
            if library.files.get(path, hash_of(content)) != hash_of(content):
                yield f"{library.name}: {path} has {hash_of(content)}"
            (FOLDER / name).write_bytes(content)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        faults = [fault for library in libraries() for fault in fetch(library, Path(folder))]
    sys.stderr.writelines(f"{fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
