"""`read`: a file as the desk reads it, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import Json
from lib.errors import DeskError
from lib.services.arriving import read


def read_files(
    file: Annotated[Path | None, typer.Argument(metavar="FILE", help="The file to read.")] = None,
    sheet: Annotated[str, typer.Option(help="The sheet of a workbook; the first with content by default.")] = "",
    member: Annotated[str, typer.Option(help="The file to read inside a ZIP archive that holds several.")] = "",
    table: Annotated[int | None, typer.Option(min=1, help="Which table of a file that holds several.")] = None,
    header_row: Annotated[
        int | None, typer.Option(min=0, help="The line of the column names, counted from 1; 0 for none.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="The encoding of the text, such as cp1252.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What stands between cells; \\t for a tab.")] = None,
    out: Annotated[Path | None, typer.Option(metavar="ROWS.csv", help="Write the rows to a clean CSV.")] = None,
    files_from: Annotated[
        Path | None, typer.Option(metavar="LIST", help="Read every file named in LIST, a line each.")
    ] = None,
    out_dir: Annotated[
        Path | None, typer.Option(metavar="DIR", help="With --files-from: write NAME.csv and NAME.json here.")
    ] = None,
    is_json: Json = False,
) -> None:
    """Read a file, or many in one process: rows as text, and every line that is not a plain row, with why."""
    if files_from is not None and out_dir is not None and file is None:
        value = _read_many(files_from, out_dir)
        answer(value, is_json=is_json, words=lambda: f"{value['read']} files read, {value['refused']} refused.")
    elif file is not None and files_from is None and out_dir is None:
        mark = "\t" if delimiter == "\\t" else delimiter
        facts = _read_one(file, read.ReadOptions(sheet, member, header_row, encoding, mark, table), out)
        answer(facts, is_json=is_json, words=lambda: _words(facts))
    else:
        raise typer.BadParameter("give one FILE, or both --files-from and --out-dir")


def add_to(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command("read")(read_files)


def _read_one(file: Path, options: read.ReadOptions, out: Path | None) -> dict[str, Any]:
    reading = read.read_file(file, options)
    if out is not None:
        read.write_rows(reading, out)
    return reading.facts.as_dict()


def _read_many(files_from: Path, out_dir: Path) -> dict[str, Any]:
    names = [line.strip() for line in _lines(files_from) if line.strip()]
    out_dir.mkdir(parents=True, exist_ok=True)
    refused = 0
    with progress_bar() as progress:
        for place, name in enumerate(names, 1):
            file = Path(name)
            try:
                facts = _read_one(file, read.ReadOptions(), out_dir / f"{file.name}.csv")
            except DeskError as trouble:
                facts = {"error": trouble.as_dict()}
                refused += 1
            (out_dir / f"{file.name}.json").write_text(json.dumps(facts, ensure_ascii=False), encoding="utf-8")
            progress("reading", place, len(names))
    return {"files": len(names), "read": len(names) - refused, "refused": refused}


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise DeskError(
            "no_such_file", f"The list {file} cannot be read: {error.strerror}.", "Check its path."
        ) from error


def _words(facts: dict[str, Any]) -> str:
    kinds = ("skipped", "rejected", "flagged")
    found = [
        (f"{name} {facts[name]!r}" if name != "encoding" else facts[name])
        for name in ("encoding", "delimiter", "sheet", "member")
        if facts[name]
    ]
    size = f"{counted(facts['rows'], 'row')} of {counted(len(facts['columns']), 'column')}"
    lines = [
        f"{size}, header on line {facts['header_row']}, {', '.join(found)}.",
        *(f"table {number}: line {place['line']}, {place['why']}" for number, place in enumerate(facts["tables"], 1)),
        *([f"Table {facts['table']} was read."] if facts["tables"] else []),
        *(f"{kind}: line {note['line']}, {note['why']}" for kind in kinds for note in facts[kind][:20]),
        *(f"{kind}: {facts[f'{kind}_count'] - 20} more" for kind in kinds if facts[f"{kind}_count"] > 20),
    ]
    return "\n".join(lines)
