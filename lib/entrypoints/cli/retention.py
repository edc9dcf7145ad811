"""`purge`: let payloads go whose time is over, as the worker does once an hour."""

from __future__ import annotations

from typing import Annotated

import typer

from lib.domain.wording import counted
from lib.entrypoints.cli.output import answer, progress_bar
from lib.entrypoints.cli.session import Json, MaybeBy, acting, opened
from lib.pipeline.running.retention import purge_payloads
from lib.services.running import purge


def purge_now(
    account: Annotated[str | None, typer.Option(metavar="KEY", help="One account; all of them by default.")] = None,
    by: MaybeBy = None,
    is_json: Json = False,
) -> None:
    """Let every payload go whose time is over by its account's policy; hashes, verdicts and reasons stay."""
    done = purge.Purged()
    with opened() as desk:
        actor = acting(desk, by)
        due = desk.ask(actor, purge.accounts_due, account or "")
        with progress_bar() as progress:
            for found in due:
                done += purge_payloads(desk, actor, found.id, progress)
    words = f"Let go: {counted(done.chunks, 'chunk')} of payload and {counted(done.edits, 'edit')}."
    late = f" {counted(done.loads, 'load')} that nobody decided on failed with them." if done.loads else ""
    answer(done.counts, is_json=is_json, words=lambda: words + late if done != purge.Purged() else "Nothing was due.")


def add_to(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command("purge")(purge_now)
