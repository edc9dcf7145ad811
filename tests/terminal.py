"""The command line in this process: quick enough to ask often, with the exit code, what was said and what went wrong."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from lib.entrypoints.cli import main


@dataclass(frozen=True)
class Said:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer as JSON."""
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, str]:
        """The trouble it answered with under --json."""
        assert self.code == 1, self
        error: dict[str, str] = self.json["error"]
        assert set(error) == {"code", "message", "hint"}, error
        return error


class Terminal:
    """`python -m lib …` with these settings and none of the machine's own."""

    def __init__(self, home: Path, urls: tuple[str, str] | None = None, **environ: str) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.endswith("DATABASE_URL")}
        self.environ = {**kept, "DESK_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1", **environ}
        if urls is not None:
            # The tests' server has one user for everything.
            named = {"DATABASE_URL": urls[0], "TRAFFIC_DATABASE_URL": urls[1], "DESK_DEVELOPMENT": "1"}
            self.environ = {**self.environ, **named, **environ}

    def __call__(self, *words: object) -> Said:
        """Run one command, whatever comes of it but a bug: `door` says that one was logged, and that is never all right."""
        out, err = io.StringIO(), io.StringIO()
        code = 0
        with (
            mock.patch.dict(os.environ, self.environ, clear=True),
            mock.patch.object(sys, "argv", ["python -m lib", *map(str, words)]),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            try:
                main()
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 0
        said = Said(code, out.getvalue(), err.getvalue())
        assert "broke on the desk's side" not in said.out + said.err, said
        return said

    def ok(self, *words: object) -> str:
        """Run a command that must succeed; what it said."""
        said = self(*words)
        assert said.code == 0, said
        return said.out

    def json(self, *words: object) -> Any:
        """Run a command with --json that must succeed; its answer."""
        return json.loads(self.ok(*words, "--json"))

    def refused(self, *words: object) -> dict[str, str]:
        """Run a command with --json that must be refused; the error it answered with."""
        return self(*words, "--json").error
