"""Reads out of the code itself which verbs each page can reach, and which right each of them asks for."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lib.domain.people import Right

PROJECT = Path(__file__).resolve().parents[2]
_VERB_ROOMS = ("lib.services", "lib.pipeline", "lib.demo_loading")
# What stands in front of every page is told once, as the frame around them.
_FRAME = "lib.ui.router"
_ENTRY = "lib.ui.entry."


@dataclass(frozen=True)
class Verb:
    """A public function of a service or of the pipeline, by where it stands."""

    module: str
    name: str

    def __str__(self) -> str:
        short = self.module.removeprefix("lib.").removeprefix("services.").removeprefix("pipeline.")
        return f"{short}.{self.name}"

    @property
    def is_handed_a_transaction(self) -> bool:
        """Whether it works in a transaction that somebody else opened, and not with the whole desk."""
        return function(self).args.args[0].arg == "tx"


def pages() -> list[str]:
    """Every file in pages/, by name."""
    return sorted(file.stem for file in (PROJECT / "pages").glob("*.py"))


@cache
def verbs_of(page: str) -> list[Verb]:
    """The verbs that a page can reach, through whichever modules of lib/ui it imports."""
    shut = {module for module in _ui_modules_in(_FRAME) if module.startswith(_ENTRY)}
    return _reached(_ui_modules(f"pages.{page}", shut))


@cache
def verbs_of_the_frame() -> list[Verb]:
    """The verbs of what stands around every page: sign-in, the guard, the sidebar."""
    return _reached(_ui_modules(_FRAME))


def _reached(modules: set[str]) -> list[Verb]:
    found: set[Verb] = set()
    for module in modules:
        found.update(_verbs_in(_tree(module), module))
    return sorted(found, key=str)


@cache
def right_of(verb: Verb) -> Right | None:
    """The right asked for first: by the verb itself, or else by the first thing it calls that asks for one."""
    return _right_of(verb, frozenset())


def asks_first(verb: Verb) -> bool:
    """Whether asking for a right is the first thing that a verb does."""
    body = [line for line in function(verb).body if not _is_docstring(line)]
    return isinstance(body[0], ast.Expr) and _required(body[0].value) is not None


def function(verb: Verb) -> ast.FunctionDef:
    """The source of a verb."""
    return _functions(verb.module)[verb.name]


def _right_of(verb: Verb, seen: frozenset[Verb]) -> Right | None:
    if verb in seen:
        return None
    for call in _calls(function(verb)):
        asked = _required(call)
        if asked is not None:
            return asked
        for inner in _called(call, verb.module):
            found = _right_of(inner, seen | {verb})
            if found is not None:
                return found
    return None


def _calls(body: ast.AST) -> Iterator[ast.Call]:
    """Every call in a function, in the order of the lines."""
    calls = [node for node in ast.walk(body) if isinstance(node, ast.Call)]
    return iter(sorted(calls, key=lambda call: (call.lineno, call.col_offset)))


def _required(call: ast.AST) -> Right | None:
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute) or call.func.attr != "require":
        return None
    named = call.args[0] if call.args else None
    if isinstance(named, ast.Attribute) and isinstance(named.value, ast.Name) and named.value.id == "Right":
        return Right[named.attr]
    return None


def _called(call: ast.Call, module: str) -> Iterator[Verb]:
    """The functions that a call names: what is called, and what is handed on as a verb."""
    for node in (call.func, *call.args):
        found = _resolved(node, module)
        if found is not None:
            yield found


def _resolved(node: ast.AST, module: str) -> Verb | None:
    names = _imports(module)
    if isinstance(node, ast.Name):
        if node.id in _functions(module):
            return Verb(module, node.id)
        where, _, name = names.get(node.id, "").rpartition(".")
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        where, name = names.get(node.value.id, ""), node.attr
    else:
        return None
    return _followed(where, name)


def _followed(module: str, name: str) -> Verb | None:
    """The function behind an import, also where a package passes it on."""
    if not module.startswith(_VERB_ROOMS) or _file(module) is None:
        return None
    if name in _functions(module):
        return Verb(module, name)
    where, _, real = _imports(module).get(name, "").rpartition(".")
    return _followed(where, real) if where and where != module else None


def _verbs_in(tree: ast.AST, module: str) -> Iterator[Verb]:
    for node in ast.walk(tree):
        found = _resolved(node, module) if isinstance(node, ast.Name | ast.Attribute) else None
        if found is not None and _is_verb(found):
            yield found


def _is_verb(verb: Verb) -> bool:
    arguments = function(verb).args.args
    is_public = verb.module.startswith(_VERB_ROOMS) and not verb.name.startswith("_")
    return is_public and bool(arguments) and arguments[0].arg in ("tx", "desk")


def _ui_modules(start: str, shut: Iterable[str] = ()) -> set[str]:
    """What is imported of lib/ui from here on, without looking into what is shut."""
    found, waiting = {start}, [start]
    while waiting:
        new = _ui_modules_in(waiting.pop()) - found - set(shut)
        found |= new
        waiting.extend(new)
    return found


@cache
def _ui_modules_in(module: str) -> set[str]:
    """The modules of lib/ui that a module imports itself."""
    names = _imports(module).values()
    named = {name for item in names for name in (item, item.rpartition(".")[0])}
    return {name for name in named if name.startswith("lib.ui.") and _file(name) is not None}


@cache
def _imports(module: str) -> dict[str, str]:
    """What a module calls the things it imports, with where they are."""
    found: dict[str, str] = {}
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.update({item.asname or item.name: f"{node.module}.{item.name}" for item in node.names})
    return found


@cache
def _functions(module: str) -> dict[str, ast.FunctionDef]:
    return {node.name: node for node in _tree(module).body if isinstance(node, ast.FunctionDef)}


@cache
def _tree(module: str) -> ast.Module:
    file = _file(module)
    assert file is not None, module
    return ast.parse(file.read_text())


def _file(module: str) -> Path | None:
    if not module:
        return None
    path = PROJECT.joinpath(*module.split("."))
    found = [file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()]
    return found[0] if found else None


def _is_docstring(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant)
