"""Quality checks: sampled rows of a load are held against the provider's own screen, and what was seen is kept (R17)."""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lib.db.unit_of_work import UnitOfWork
from lib.domain.access.secret_shapes import refuse_secrets
from lib.domain.accounts import Account
from lib.domain.imports import Load
from lib.domain.ladder.setup_checks import COMPARABLE_LOADS, ComparedRow, QaCheck
from lib.domain.objects import ObjectType, object_type
from lib.domain.people import Right
from lib.domain.settings.retention import payload_gone
from lib.domain.verdicts import Verdict
from lib.errors import DeskError, NotFound
from lib.mapping.shown import as_seen, label_of, sensitivity_of, shown
from lib.mapping.values import python_lists
from lib.providers import template

# So many rows are proposed at most; fewer than three prove nothing, where there are more.
MOST, FEWEST = 20, 3
# Drawn before it is known what became of them: most loads have far more rows that go in than others.
_DRAWN = 400
_LISTED = 20
_GOING_IN = frozenset({Verdict.CREATED, Verdict.UPDATED})
_LONGEST = {"screen": 500, "note": 1000}


@dataclass(frozen=True)
class SampledCell:
    """One column of a row: its name, what the map calls it, and what the desk would write or wrote."""

    column: str
    label: str
    value: str


@dataclass(frozen=True)
class SampledRow:
    """One row to be found on the provider's screen, by its id there."""

    row_no: int
    line: int
    external_id: str
    cells: tuple[SampledCell, ...]


@dataclass(frozen=True)
class Sample:
    """Rows of a load in the order they are to be looked at, and where (`screen`, as the template says, may be '')."""

    account: Account
    load: Load
    screen: str
    rows: tuple[SampledRow, ...]

    @property
    def least(self) -> int:
        """So many of them have to be looked at."""
        return min(FEWEST, len(self.rows))


@dataclass(frozen=True)
class Differing:
    """What a person found to differ in one row, named by its line: the columns, or a note where it is not there at all."""

    line: int
    columns: tuple[str, ...] = ()
    note: str = ""


def sample(tx: UnitOfWork, key: str, load_id: int | None = None, count: int = 5) -> Sample:
    """Rows of a load (the account's newest that can be compared, unless one is named) drawn by lot.

    The lot is the same until a check of that load is kept, so that nobody draws until the rows suit them. Personal values
    show their shape only to whoever may not approve loads. DeskError `nothing_to_compare`, `payload_gone`.
    """
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    load = _load(tx, account, load_id)
    rows = _drawn(tx, load)[: max(1, min(count, MOST))]
    if not rows:
        raise _nothing(f"No row of load {load.id} goes in, so none can be compared.")
    return Sample(account, load, template(account.provider).screen, _with_cells(tx, account, load, rows))


def record(
    tx: UnitOfWork,
    key: str,
    load_id: int,
    count: int,
    differing: Sequence[Differing] = (),
    *,
    screen: str = "",
    note: str = "",
) -> QaCheck:
    """Keep that the first `count` rows of the sample were held against `screen`: all agree but those `differing`.

    DeskError `too_few_rows` below three of the rows there are, `not_in_sample` for a line that was not drawn,
    `unknown_column`, `nothing_said` where a row differs in nothing, `no_screen`, `secret_in_text`.
    """
    tx.actor.require(Right.IMPORT)
    account = tx.accounts.by_key(key)
    load = _load(tx, account, load_id)
    drawn = _drawn(tx, load)
    where = (screen or template(account.provider).screen).strip()
    _require_sound(drawn, count, where, note, differing)
    check = QaCheck(
        0,
        account.id,
        load.id,
        load.object,
        load.map_version,
        tx.now,
        tx.actor.email,
        where[: _LONGEST["screen"]],
        note.strip()[: _LONGEST["note"]],
        tuple(_checked(load, drawn[:count], differing)),
    )
    check = replace(check, id=tx.qa_checks.add_check(load, check.rows, check.screen, check.note))
    counts = {"agreed": check.agreed, "differed": check.differed}
    tx.audit.note("rows compared", "account", account.id, account.client_id, load=load.id, **counts)
    return check


def checks_of(tx: UnitOfWork, key: str) -> list[QaCheck]:
    """The newest checks of an account, newest first."""
    tx.actor.require(Right.SEE_DETAIL)
    return tx.qa_checks.of_account(tx.accounts.by_key(key).id, _LISTED)


def comparable_loads(tx: UnitOfWork, key: str) -> list[Load]:
    """The newest loads of an account of which rows can be compared, newest first; two queries, however many objects."""
    tx.actor.require(Right.SEE_DETAIL)
    return _comparable(tx, tx.accounts.by_key(key), _LISTED)


def _comparable(tx: UnitOfWork, account: Account, limit: int) -> list[Load]:
    ids = tx.qa_checks.loads_to_compare(account.id, limit)
    return sorted(tx.loads.with_ids(ids).values(), key=lambda load: load.id, reverse=True)


def _load(tx: UnitOfWork, account: Account, load_id: int | None) -> Load:
    if load_id is None:
        found = _comparable(tx, account, 1)
        if not found:
            raise _nothing(f"{account.key} has no load under review or committed whose rows go in.")
        return found[0]
    load = tx.loads.by_id(load_id)
    if load.account_id != account.id:
        raise NotFound("load", load_id, f"It is no load of {account.key}.")
    if load.status not in COMPARABLE_LOADS:
        raise _nothing(f"Load {load.id} is {str(load.status).replace('_', ' ')}, so its rows are not compared.")
    return load


def _drawn(tx: UnitOfWork, load: Load) -> list[tuple[int, int]]:
    """The rows that go in among those drawn, as (ordinal, line), in the order of the lot."""
    # A lot and no secret: what counts is that nobody chooses.
    lot = random.Random(f"{load.id}:{tx.qa_checks.count_of(load.id)}")  # noqa: S311
    order = lot.sample(range(load.row_count), min(load.row_count, _DRAWN))
    rows = tx.rows.at(load.id, order).select(["row_no", "line_no", "verdict"]).to_pylist()
    lines = {row["row_no"]: row["line_no"] for row in rows if row["verdict"] in _GOING_IN}
    return [(row_no, lines[row_no]) for row_no in order if row_no in lines][:MOST]


def _with_cells(
    tx: UnitOfWork, account: Account, load: Load, rows: Sequence[tuple[int, int]]
) -> tuple[SampledRow, ...]:
    kind, field_map = object_type(load.object), tx.maps.by_id(load.map_version_id).field_map
    found, table = tx.payloads.tables_at(load.delivery_id, load.id, "mapped", [row_no for row_no, _ in rows])
    if table is None or len(found) < len(rows):
        what = f"The rows of load {load.id} are"
        raise payload_gone(what, account.retention_days, "Compare rows of a newer load.")
    targets = {rule.target for rule in field_map.fields} | {"external_id"}
    names = [name for name in kind.column_names if name in targets]
    columns, is_clear = python_lists(table, names, kind), tx.actor.may(Right.APPROVE_LOADS)
    zone = tx.clients.timezone_of(load.client_id)

    def text(name: str, value: Any) -> str:
        return as_seen(
            shown(value, kind.column(name).kind, zone), sensitivity_of(field_map, kind, name), is_clear=is_clear
        )

    def row(row_no: int, line: int) -> SampledRow:
        values = {name: text(name, column[found.index(row_no)]) for name, column in columns.items()}
        cells = [SampledCell(name, label_of(field_map, name), value) for name, value in values.items() if value]
        return SampledRow(row_no, line, values["external_id"], tuple(cells))

    if is_clear:
        tx.audit.saw("load", load.id, load.client_id, what="rows drawn for a check")
    return tuple(row(*place) for place in rows)


def _require_sound(
    drawn: Sequence[tuple[int, int]], count: int, screen: str, note: str, differing: Sequence[Differing]
) -> None:
    if count < min(FEWEST, len(drawn)) or not drawn:
        raise DeskError(
            "too_few_rows", f"{count} rows prove nothing.", f"Look at {min(FEWEST, len(drawn))} or more of the sample."
        )
    if count > len(drawn):
        raise DeskError(
            "not_in_sample", f"The sample has {len(drawn)} rows, not {count}.", "Say how many were looked at."
        )
    if not screen:
        raise DeskError(
            "no_screen", "Nothing says where the rows were looked at.", "Name the page of the provider, or its address."
        )
    texts = [("the screen", screen), ("the note", note), *((f"line {item.line}", item.note) for item in differing)]
    refuse_secrets(texts)


def _checked(load: Load, rows: Sequence[tuple[int, int]], differing: Sequence[Differing]) -> list[ComparedRow]:
    by_line, kind = {item.line: item for item in differing}, object_type(load.object)
    _require_drawn(by_line, {line for _, line in rows})
    for item in differing:
        _require_said(item, kind)
    return [_compared(row_no, line, by_line.get(line)) for row_no, line in rows]


def _require_drawn(by_line: Mapping[int, Differing], lines: Collection[int]) -> None:
    for line in by_line:
        if line not in lines:
            raise DeskError(
                "not_in_sample",
                f"Line {line} is not among the rows that were drawn.",
                "Compare those, whatever they say.",
            )


def _require_said(item: Differing, kind: ObjectType) -> None:
    for column in item.columns:
        kind.column(column)
    if not item.columns and not item.note.strip():
        raise DeskError(
            "nothing_said",
            f"Line {item.line} differs, and nothing says in what.",
            "Name the columns, or say what is there instead.",
        )


def _compared(row_no: int, line: int, item: Differing | None) -> ComparedRow:
    if item is None:
        return ComparedRow(row_no, line, agrees=True)
    return ComparedRow(row_no, line, agrees=False, columns=item.columns, note=item.note.strip()[:300])


def _nothing(sentence: str) -> DeskError:
    return DeskError("nothing_to_compare", sentence, "Import a file, or a test file, and compare some of its rows.")
