"""How commands speak: a sentence or a table to people, JSON to machines, trouble in one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from lib.errors import DeskError
from lib.log import log_bug, visible

_errors = Console(stderr=True, soft_wrap=True, highlight=False, markup=False)
_KEPT = "\n\t"


def say(text: str) -> None:
    """One line for the person."""
    _print(text)


def notice(text: str) -> None:
    """A remark beside the result, on standard error, so that it never mixes with JSON."""
    _errors.print(visible(text, _KEPT))


def answer(value: Any, *, is_json: bool, words: Callable[[], str]) -> None:
    """The result: as JSON when asked for, else in words."""
    _print(json.dumps(value, indent=2, default=_plain, ensure_ascii=False) if is_json else words())


def _print(text: str) -> None:
    # A cell or a name that holds a terminal's commands must not give them; in JSON it reads as the same sign.
    print(visible(text, _KEPT))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:f}"
    raise TypeError(f"{type(value).__name__} is not plain")


@contextmanager
def door(*, is_json: bool) -> Iterator[None]:
    """Where trouble ends: known trouble is said with its way out, a bug is logged and only its reference is shown."""
    try:
        yield
    except DeskError as trouble:
        _refuse(trouble, is_json=is_json)
    except Exception as bug:
        reference = log_bug(bug)
        _refuse(
            DeskError(
                "unexpected",
                f"Something broke on the desk's side; it is logged as {reference}.",
                "Show that reference to whoever runs this desk.",
            ),
            is_json=is_json,
        )


def _refuse(trouble: DeskError, *, is_json: bool) -> None:
    if is_json:
        _print(json.dumps({"error": trouble.as_dict()}, ensure_ascii=False))
    else:
        _errors.print(visible(f"{trouble.message} {trouble.hint}".strip(), _KEPT))
    sys.exit(1)


@contextmanager
def progress_bar() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar on a terminal, nothing elsewhere; it is told the stage, what is done and how much there is.

    It shows the stage, rows, rate and time left; rate and time are those of the stage.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Rate(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=_errors, transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=None)

        def show(stage: str, done: int, total: int) -> None:
            if bar.tasks[task].description != stage:
                bar.reset(task, description=stage, completed=done, total=total or None)
            bar.update(task, completed=done, total=total or None)

        yield show


class _Rate(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f} rows/s" if task.speed else "")
