"""`fix`, `hold`, `release`, `ignore`, `reclass`: a person's hand on rows under review."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.db.unit_of_work import Desk
from lib.domain.people import Role
from lib.domain.rows.fixes import DecisionKind, WhichRows, lines_of
from lib.domain.verdicts import Verdict
from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import By, Json, acting, opened
from lib.errors import DeskError
from lib.pipeline.loading.fixing import Changed, decide, fix_column, turn_fix
from lib.services.reviewing import fix_panel, fix_rows

Load = Annotated[int, typer.Argument(metavar="LOAD", help="The load's number.")]
Why = Annotated[str, typer.Option("--reason", help="Why; it stays with the rows.")]
Lines = Annotated[str, typer.Option("--lines", metavar="LINES", help="Lines of the file, as 4,9-12.")]
Because = Annotated[
    str, typer.Option("--giving", metavar="REASON", help="Rows that give a reason: unreadable_date:occurred_at.")
]
OfVerdict = Annotated[list[Verdict] | None, typer.Option("--verdict", help="Rows of a verdict; may be given twice.")]
OfClass = Annotated[str, typer.Option("--class", metavar="CLASS", help="Rows of a class: genuine, test, spam, …")]


def fix(
    load: Load,
    by: By,
    reason: Why = "",
    column: Annotated[str, typer.Option(help="The column of the file to mend.")] = "",
    put: Annotated[str | None, typer.Option(help="The new text; with --find what the found text becomes.")] = None,
    find: Annotated[str, typer.Option(help="Replace only this text inside the cells.")] = "",
    pattern: Annotated[bool, typer.Option("--pattern", help="--find is a regular expression.")] = False,
    suggested: Annotated[bool, typer.Option("--suggested", help="Use the suggested mend of each cell.")] = False,
    lines: Lines = "",
    giving: Because = "",
    undo: Annotated[bool, typer.Option("--undo", help="Take the last change of cells back.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Bring back what was taken back last.")] = False,
    is_json: Json = False,
) -> None:
    """Mend cells of rows under review; only what changed is checked again."""
    with opened() as desk:
        actor = acting(desk, by, role=Role.OWNER)
        if undo or redo:
            done = turn_fix(desk, actor, load, is_redo=redo)
        else:
            if suggested:
                becomes = desk.ask(actor, fix_panel.suggested, load, giving)
            elif put is None:
                raise DeskError("nothing_to_put", "Nothing says what the cells become.", "Give --put or --suggested.")
            else:
                replaced = fix_rows.replacing(find, put, is_pattern=pattern) if find else None
                becomes = replaced or fix_panel.putting(put)
            which = _which(lines, giving, [], "", is_any=bool(find))
            done = fix_column(desk, actor, load, which, column, becomes, reason)
    answer(done.as_dict(), is_json=is_json, words=lambda: f"{counted(done.cells, 'cell')} changed in {_words(done)}")


def hold(
    load: Load, by: By, reason: Why, lines: Lines = "", giving: Because = "", verdict: OfVerdict = None,
    row_class: OfClass = "", is_json: Json = False,
) -> None:  # fmt: skip
    """Keep rows out of the commit until they are released."""
    _decide(load, by, DecisionKind.HOLD, reason, _which(lines, giving, verdict, row_class), is_json=is_json)


def release(load: Load, by: By, reason: Why, lines: Lines = "", is_json: Json = False) -> None:
    """Let held rows go in; those of a committed load are written now. Without --lines it is all of them."""
    which = WhichRows(lines=lines_of(lines)) if lines else WhichRows(is_held=True)
    _decide(load, by, DecisionKind.RELEASE, reason, which, is_json=is_json)


def ignore(
    load: Load, by: By, reason: Why, lines: Lines = "", giving: Because = "", verdict: OfVerdict = None,
    row_class: OfClass = "", is_json: Json = False,
) -> None:  # fmt: skip
    """Leave rows out, as if they had not come."""
    _decide(load, by, DecisionKind.IGNORE, reason, _which(lines, giving, verdict, row_class), is_json=is_json)


def reclass(
    load: Load,
    by: By,
    reason: Why,
    to: Annotated[str, typer.Option("--to", metavar="CLASS", help="The class that the rows are of after all.")],
    lines: Lines = "", giving: Because = "", verdict: OfVerdict = None, row_class: OfClass = "", is_json: Json = False,
) -> None:  # fmt: skip
    """Give rows another class than their marks say: genuine, test, spam, internal, marketplace_duplicate."""
    which = _which(lines, giving, verdict, row_class)
    _decide(load, by, DecisionKind.RECLASS, reason, which, value=to, is_json=is_json)


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (fix, hold, release, ignore, reclass):
        app.command(command.__name__)(command)


def _decide(
    load: int, by: str, kind: DecisionKind, reason: str, which: WhichRows, *, value: str = "", is_json: bool
) -> None:
    def work(desk: Desk) -> Changed:
        return decide(desk, acting(desk, by, role=Role.OWNER), load, which, kind, reason, value=value)

    with opened() as desk:
        done = work(desk)
    answer(done.as_dict(), is_json=is_json, words=lambda: _words(done))


def _which(
    lines: str, giving: str, verdicts: list[Verdict] | None, row_class: str, *, is_any: bool = False
) -> WhichRows:
    """The rows that the options name; all rows of a load are never meant by leaving them out, unless `is_any`."""
    if lines:
        return WhichRows(lines=lines_of(lines))
    if not (giving or verdicts or row_class or is_any):
        raise DeskError(
            "no_rows", "Nothing says which rows are meant.", "Give --lines, --giving, --verdict or --class."
        )
    return WhichRows(verdicts=tuple(verdicts or ()), row_class=row_class, reason=giving)


def _words(done: Changed) -> str:
    verdicts = ", ".join(f"{count} {verdict}" for verdict, count in done.load.verdicts.items())
    held = f" {done.load.held} held." if done.load.held else ""
    return f"{counted(done.rows, 'row')} of load {done.load.id}. It now has {verdicts}.{held}"
