"""`read FILE` shows what was found and takes each choice as an option."""

from pathlib import Path

import typer
from typer.testing import CliRunner

from lib.entrypoints.cli import reading


def said(*arguments: str) -> str:
    app = typer.Typer()
    reading.add_to(app)
    app.callback()(lambda: None)
    result = CliRunner().invoke(app, ["read", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_shows_what_was_found_and_obeys_choices(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_bytes("id\tname\tfee\n1\tZoë\t2\n\n2\tBo\t3\n\ncall\tlength\n7\t30\n".encode("cp1252"))
    plain = said(str(path))
    assert "2 rows of 3 columns, header on line 1, cp1252, delimiter '\\t'." in plain
    assert "table 2: line 6, call, length" in plain
    assert "skipped: line 3, Blank line." in plain
    chosen = said(str(path), "--table", "2", "--encoding", "latin-1", "--delimiter", "\\t")
    assert "1 row of 2 columns, header on line 6, latin-1" in chosen
    assert "header on line 2" in said(str(path), "--header-row", "2")
