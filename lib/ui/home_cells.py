"""The three cells of the home page, and the one line above them that says what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from lib.domain.imports import DateRange
from lib.domain.states import LoadStatus
from lib.services.overview import AccountLine, DeliveryLine, LoadLine, Overview
from lib.ui.marks import account_badge, class_marks, delivery_badge, load_badge, verdict_marks
from lib.ui.notebook import cell, empty, next_line
from lib.ui.tables import reading_table
from lib.ui.words import counted, plain, said

_DESK = ".venv/bin/python -m lib"
_FIRST_ACCOUNT = f"""\
{_DESK} client add harbor --name 'Harbor Roofing' --timezone America/New_York
{_DESK} account add harbor_angi --client harbor --provider angi --owner you@example.com --reason 'Paid leads'"""
_FIRST_IMPORT = f"""\
{_DESK} map suggest FILE --account ACCOUNT --object OBJECT --out MAP.yaml
{_DESK} map save MAP.yaml --account ACCOUNT --by you@example.com
{_DESK} map approve --account ACCOUNT --object OBJECT --version 1 --by you@example.com
{_DESK} import FILE --account ACCOUNT --object OBJECT --by you@example.com"""


def next_step(seen: Overview) -> None:
    """The one thing to do next on this desk."""
    # A test import is reviewed too, but there is nothing to decide about it.
    waiting = [load for load in seen.loads if load.status is LoadStatus.IN_REVIEW and not load.is_test]
    if waiting:
        load = waiting[-1]  # the oldest: lists come newest first
        next_line(
            f"Load {load.id} waits for a decision.",
            f"{plain(load.source_label)}, {counted(load.row_count, 'row')}: look at it with "
            f"{said(f'{_DESK} review {load.id}')}.",
        )
    elif not seen.accounts:
        next_line("Connect a provider.", "Step 1 says what to type.")
    elif not seen.deliveries:
        next_line("Import a first file.", "Step 2 says what to type.")
    else:
        next_line("Nothing waits for you.", "None of the newest loads is in review.")


def accounts_cell(number: int, accounts: Sequence[AccountLine]) -> None:
    """What is connected, and who answers for it."""
    with cell(
        number,
        "Accounts",
        why="One connection of one client to one provider, with the person who answers for it.",
        result=counted(len(accounts), "account"),
    ):
        if not accounts:
            empty(
                "No provider is connected yet.",
                "A client and an account come before anything can arrive. The commands are:",
                command=_FIRST_ACCOUNT,
            )
            return
        reading_table(
            [
                {
                    "Account": said(account.key),
                    "Source": plain(account.source_label),
                    "Client": plain(account.client_name),
                    "Status": account_badge(account.status),
                    "Owner": plain(account.owner_email),
                }
                for account in accounts
            ]
        )


def deliveries_cell(number: int, deliveries: Sequence[DeliveryLine]) -> None:
    """What arrived, newest first; what arrived never changes."""
    with cell(
        number,
        "Deliveries",
        why="What arrived from a provider, newest first. Uses step 1.",
        result=f"newest {len(deliveries)}" if deliveries else "none yet",
    ):
        if not deliveries:
            empty(
                "Nothing has arrived yet.",
                "A file is read through a map that somebody approved; the desk suggests one to begin with:",
                command=_FIRST_IMPORT,
            )
            return
        reading_table(
            [
                {
                    "No.": delivery.id,
                    "Source": plain(delivery.source_label),
                    "File": said(delivery.file_name),
                    "Received": f"{delivery.received_at:%d %b %Y, %H:%M} UTC",
                    "Days": _days(delivery.days),
                    "Rows": "not read" if delivery.row_count is None else f"{delivery.row_count:,}",
                    "Status": " ".join([delivery_badge(delivery.status), plain(delivery.error_note)]).strip(),
                }
                for delivery in deliveries
            ]
        )


def loads_cell(number: int, loads: Sequence[LoadLine]) -> None:
    """What each delivery became through a map: its rows by verdict, and by class beside that."""
    with cell(
        number,
        "Loads",
        why="A delivery read through one version of a map: every row has one verdict, and one class. Uses step 2.",
        result=f"newest {len(loads)}" if loads else "none yet",
    ):
        if not loads:
            empty("No load yet.", "The import in step 2 makes the first one, and it waits here to be reviewed.")
            return
        reading_table(
            [
                {
                    "No.": load.id,
                    "Source": plain(load.source_label),
                    "Object": f"{plain(load.object)}, map {load.map_version}",
                    "Rows": f"{load.row_count:,}",
                    "Verdicts": verdict_marks(load.verdicts),
                    "Classes": class_marks(load.classes),
                    "Status": load_badge(load.status) + (" test" if load.is_test else ""),
                }
                for load in loads
            ]
        )


def _days(days: DateRange | None) -> str:
    if days is None:
        return "unknown"
    first, last = (f"{day.day} {day:%b %Y}" for day in (days.first, days.last))
    if days.first.year == days.last.year:
        first = first.removesuffix(f" {days.first.year}")
    return last if days.days == 1 else f"{first} to {last}"
