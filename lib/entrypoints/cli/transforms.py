"""`transforms`: the manual of the steps that a map may name."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import Json
from lib.errors import DeskError
from lib.mapping.chain_text import short_form
from lib.mapping.transforms.manual import TransformHelp, manual, option_help


def transforms(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One step; all of them by default.")] = None,
    is_json: Json = False,
) -> None:
    """Say what each step of a map does, with its options and an example."""
    entries = [entry for entry in manual() if name in {None, entry.name}]
    if not entries:
        known = ", ".join(entry.name for entry in manual())
        raise DeskError("no_such_transform", f"There is no transform {name!r}.", f"The library has {known}.")
    answer([_value(entry) for entry in entries], is_json=is_json, words=lambda: _words(entries))


def _value(entry: TransformHelp) -> dict[str, object]:
    options = {
        option.name: {
            "type": option.kind,
            "required": option.is_required,
            "choices": list(option.choices),
            "doc": option.doc,
            "default": None if option.is_required else option.default,
            "example": option.example,
        }
        for option in entry.options
    }
    example = {
        "before": entry.example.before,
        "step": _step(entry),
        "further": dict(entry.example.others),
        "after": entry.example.after,
    }
    return {
        "name": entry.name, "group": entry.group, "doc": entry.doc, "gives": entry.gives,
        "options": options, "example": example,
    }  # fmt: skip


def _step(entry: TransformHelp) -> str:
    return short_form((entry.example.step(entry.name),))


def _words(entries: list[TransformHelp]) -> str:
    lines: list[str] = []
    group = ""
    for entry in entries:
        if entry.group != group:
            group = entry.group
            lines.extend([*([""] if lines else []), group.upper()])
        end = "" if entry.gives == "text" else f" Gives a {entry.gives}, so it ends the chain."
        lines.append(f"\n  {entry.name}\n    {entry.doc}{end}")
        lines.extend(f"    {option.name}: {option_help(option)}" for option in entry.options)
        further = "".join(f", {name} {cell!r}" for name, cell in entry.example.others.items())
        lines.append(f"    {_step(entry)}: {entry.example.before!r}{further} → {entry.example.after!r}")
    return "\n".join(lines)


def add_to(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command("transforms")(transforms)
