"""Python source as data: a module's functions, imports, comments and calls, read from its syntax tree."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

Definition = ast.FunctionDef | ast.AsyncFunctionDef
NOTICES = {"notify": 1, "Notice": 1, "tell_all": 2, "_tell_all": 2, "notice": 0}
"""Calls that send or register a notice, and where among their arguments its kind is."""


@dataclass(frozen=True)
class Function:
    """One function or method; `booleans` is the number of positional parameters that are True or False."""

    name: str
    lines: int
    documented: bool
    booleans: int


@dataclass(frozen=True)
class Module:
    """One file; `package` is the folder directly below the checkout that it belongs to."""

    package: Path
    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @property
    def room(self) -> str:
        """The folder or file at the top of the package: all of `cases/` is one room."""
        return self.path.relative_to(self.package).with_suffix("").parts[0]

    @cached_property
    def functions(self) -> list[Function]:
        return [_function(node) for node in ast.walk(self.tree) if isinstance(node, Definition)]

    @cached_property
    def public_functions(self) -> list[Function]:
        """Functions of the module and methods of its public classes, without those inside of functions."""
        bodies = [self.tree.body]
        bodies += [node.body for node in self.tree.body if isinstance(node, ast.ClassDef) and node.name[0] != "_"]
        found = [_function(node) for body in bodies for node in body if isinstance(node, Definition)]
        return [function for function in found if not function.name.startswith("_")]

    def calls(self) -> Iterator[tuple[str, ast.Call]]:
        """Every call with the last part of its name: `cast` of both `cast(...)` and `typing.cast(...)`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
                yield node.func.id if isinstance(node.func, ast.Name) else node.func.attr, node

    def comments(self, words: str) -> int:
        """The number of comments with these words in them."""
        tokens = tokenize.generate_tokens(io.StringIO(self.text).readline)
        return sum(token.type == tokenize.COMMENT and words in token.string for token in tokens)


def read(package: Path) -> list[Module]:
    """Reads all modules below a folder; none if there is no such folder."""
    return [Module(package, path, path.read_text(encoding="utf-8")) for path in sorted(package.rglob("*.py"))]


def arrows(module: Module, but: str = "") -> Iterator[tuple[str, str]]:
    """The (room, imported room) of each import that leaves the module's room for another one of its package.

    `but` names a module that does not count, in whatever room it is.
    """
    for name in _imported(module):
        package, _, rest = name.partition(".")
        room, _, inner = rest.partition(".")
        if but and inner.partition(".")[0] == but:
            continue
        if package == module.package.name and _exists(module.package, room) and room != module.room:
            yield module.room, room


def any_lines(module: Module) -> int:
    """The number of lines on which the type Any is used."""
    return len({node.lineno for node in ast.walk(module.tree) if isinstance(node, ast.Name) and node.id == "Any"})


def casts(module: Module) -> int:
    """The number of calls of typing.cast."""
    return sum(name == "cast" for name, _ in module.calls())


def string_payloads(module: Module) -> int:
    """The number of buttons whose data is written as an f-string or a string, not made by a typed press."""
    buttons = [call for name, call in module.calls() if name == "Button"]
    return sum(isinstance(_argument(call, 1, "data"), ast.JoinedStr | ast.Constant) for call in buttons)


def string_notices(module: Module) -> int:
    """The number of places where a notice is named by a string."""
    kinds = [_argument(call, NOTICES[name], "kind") for name, call in module.calls() if name in NOTICES]
    return sum(
        isinstance(kind, ast.Constant) and re.fullmatch(r"[a-z_]+", str(kind.value)) is not None for kind in kinds
    )


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    if len(call.args) > place:
        return call.args[place]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _exists(package: Path, room: str) -> bool:
    return bool(room) and ((package / f"{room}.py").exists() or (package / room).is_dir())


def _imported(module: Module) -> Iterator[str]:
    """Full names of what a module imports; `from a import b` counts as `a.b`, which may be a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _function(node: Definition) -> Function:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    return Function(node.name, lines, ast.get_docstring(node) is not None, _booleans(node.args))


def _booleans(arguments: ast.arguments) -> int:
    """Those that a call may pass without their name: `open(case, True)` does not say what is true."""
    return sum(_is_boolean(argument) for argument in [*arguments.posonlyargs, *arguments.args])


def _is_boolean(argument: ast.arg) -> bool:
    return isinstance(argument.annotation, ast.Name) and argument.annotation.id == "bool"
