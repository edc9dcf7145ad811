"""Show what there is to mend: the texts behind one kind of trouble, the cells of one row, what a replacement would do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from lib.db.unit_of_work import UnitOfWork
from lib.domain.imports import Load
from lib.domain.maps import FieldMap, FieldRule, Sensitivity
from lib.domain.objects import Kind, object_type
from lib.domain.people import Right
from lib.domain.rows.fixes import CellEdit
from lib.domain.verdicts import Severity, Verdict
from lib.mapping.mends import Mend, mends_of
from lib.mapping.shown import UNREADABLE, as_seen, cut, label_of, sensitivity_of
from lib.mapping.transforms import further_sources
from lib.mapping.value_lines import translation_of
from validation.reasons import REASONS, severity_of

MOST_VALUES = 30
SAMPLES = 20


@dataclass(frozen=True)
class BadValue:
    """One text that stands behind a kind of trouble: how it may be shown, in how many rows, and how it could be mended.

    `token` names the text to the desk without saying it; `mends` are as they may be shown.
    """

    token: str
    shown: str
    rows: int
    mends: tuple[Mend, ...]


@dataclass(frozen=True)
class Behind:
    """The texts behind one kind of trouble, most rows first: of which column of the file, and of how many rows in all."""

    source: str
    rows: int
    values: tuple[BadValue, ...]
    distinct: int
    with_mend: int


@dataclass(frozen=True)
class FormCell:
    """One cell of a row: its column in the file, what it is read as, and its text as it came and as it stands.

    `says` are the sentences of what is wrong with it; `is_clear` is False where whoever asks may see its shape only.
    """

    source: str
    label: str
    came: str
    stands: str
    is_edited: bool
    is_clear: bool
    says: tuple[str, ...]


@dataclass(frozen=True)
class RowForm:
    """One row to be mended: the cells that fail first, then the others in the order of the file."""

    row_no: int
    line_no: int
    verdict: Verdict
    unread: str
    cells: tuple[FormCell, ...]


def token_of(text: str) -> str:
    """A short name for a text that does not say it."""
    return blake2b(text.encode(), digest_size=8).hexdigest()


def sources_of(field_map: FieldMap, reason: str) -> tuple[str, ...]:
    """The columns of the file that a reason (`code:column`) is about, in the order its rule reads them."""
    rule = field_map.rule_for(reason.partition(":")[2]) if ":" in reason else None
    return () if rule is None else _sources(rule)


def _sources(rule: FieldRule) -> tuple[str, ...]:
    named = [rule.source, *further_sources(rule.transforms)]
    return tuple(dict.fromkeys(source for source in named if source and not source.startswith("@")))


@dataclass(frozen=True)
class MendableKind:
    """A kind of trouble with cells: its reason (`code:column`), in words, its rows, and whether these rows fail by it."""

    reason: str
    title: str
    rows: int
    is_failing: bool


def mendable_kinds(
    tx: UnitOfWork, load_id: int, failing: Mapping[str, int], remarks: Mapping[str, int]
) -> tuple[MendableKind, ...]:
    """The kinds of trouble whose cells can be mended, as they are given: reasons that fail rows, then remarks (codes)."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    found = [(reason, rows, True) for reason, rows in failing.items()]
    for code in remarks:
        columns = tx.rows.columns_giving(load.id, code)
        found += [(f"{code}:{column}", rows, False) for column, rows in columns if column]
    kinds: dict[str, MendableKind] = {}
    for reason, rows, is_failing in found:
        if sources_of(field_map, reason):
            code, _, column = reason.partition(":")
            title = f"{code.replace('_', ' ').capitalize()}, {label_of(field_map, column)}"
            kinds.setdefault(reason, MendableKind(reason, title, rows, is_failing))
    return tuple(kinds.values())


def fixable_columns(tx: UnitOfWork, load_id: int, reason: str = "") -> tuple[str, ...]:
    """The columns that can be mended for a reason, or all columns of the file."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    columns = tuple(tx.deliveries.by_id(load.delivery_id).facts.get("columns", ()))
    if not reason:
        return columns
    return tuple(name for name in sources_of(tx.maps.by_id(load.map_version_id).field_map, reason) if name in columns)


def behind(tx: UnitOfWork, load_id: int, reason: str, source: str, cells: Counter[str]) -> Behind:
    """The texts of a column behind a reason, with mends; `cells` counts them (see `fix_rows.cells_of`)."""
    tx.actor.require(Right.SEE_DETAIL)
    load = tx.loads.by_id(load_id)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    mend, is_clear = mending(field_map, reason), tx.actor.may(Right.APPROVE_LOADS)
    sensitivity = source_sensitivity(field_map, source)
    values = []
    for text, rows in cells.most_common(MOST_VALUES):
        mends = tuple(Mend(as_seen(item.value, sensitivity, is_clear=is_clear), item.why) for item in mend(text))
        values.append(BadValue(token_of(text), as_seen(cut(text), sensitivity, is_clear=is_clear), rows, mends))
    with_mend = sum(rows for text, rows in cells.items() if mend(text))
    _say_seen(tx, load)
    return Behind(source, cells.total(), tuple(values), len(cells), with_mend)


def mending(field_map: FieldMap, reason: str) -> Callable[[str], tuple[Mend, ...]]:
    """What could be put in place of a text that gives this reason."""
    code, _, target = reason.partition(":")
    rule = field_map.rule_for(target) if target else None
    kind: Kind | None = object_type(field_map.object).column(target).kind if rule is not None else None
    step = translation_of(rule) if rule is not None else None
    known = [str(value) for value in step.options["values"]] if step is not None else []
    return lambda text: mends_of(code, text, kind, known)


def suggested(tx: UnitOfWork, load_id: int, reason: str) -> Callable[[str], str | None]:
    """The likeliest mend of each text, for those that have one."""
    tx.actor.require(Right.SEE_DETAIL)
    field_map = tx.maps.by_id(tx.loads.by_id(load_id).map_version_id).field_map
    mend = mending(field_map, reason)
    return lambda text: next((item.value for item in mend(text)), None)


def putting(value: str, token: str = "") -> Callable[[str], str | None]:
    """One text in place of every text, or only of the one that a token names."""
    return lambda text: value if not token or token_of(text) == token else None


def source_sensitivity(field_map: FieldMap, source: str) -> Sensitivity:
    """The most careful of what is said of the columns that a column of the file is read into; confidential where none is."""
    order = (Sensitivity.PUBLIC, Sensitivity.INTERNAL, Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL)
    kind = object_type(field_map.object)
    found = [sensitivity_of(field_map, kind, rule.target) for rule in field_map.fields if source in _sources(rule)]
    return max(found, key=order.index) if found else Sensitivity.CONFIDENTIAL


def samples(
    tx: UnitOfWork, load_id: int, source: str, changed: list[tuple[int, str, str]]
) -> tuple[tuple[int, str, str], ...]:
    """The first twenty cells that a change is about as they may be shown: line, was, becomes."""
    load = tx.loads.by_id(load_id)
    field_map = tx.maps.by_id(load.map_version_id).field_map
    sensitivity, is_clear = source_sensitivity(field_map, source), tx.actor.may(Right.APPROVE_LOADS)
    _say_seen(tx, load)

    def seen(text: str) -> str:
        return as_seen(cut(text), sensitivity, is_clear=is_clear)

    return tuple((line, seen(was), seen(becomes)) for line, was, becomes in changed[:SAMPLES])


def row_form(tx: UnitOfWork, load: Load, row_no: int, came: Mapping[str, str], stands: Mapping[str, str]) -> RowForm:
    """The cells of one row; `came` as they came, `stands` with what people put over them."""
    field_map, kind = tx.maps.by_id(load.map_version_id).field_map, object_type(load.object)
    row = tx.rows.at(load.id, [row_no]).to_pylist()[0]
    is_clear = tx.actor.may(Right.APPROVE_LOADS)
    says: dict[str, list[str]] = {}
    for reason in row["reasons"].split():
        if severity_of(reason, kind) is not Severity.INFO:
            for source in sources_of(field_map, reason):
                says.setdefault(source, []).append(REASONS[reason.partition(":")[0]].sentence)
    columns = tx.deliveries.by_id(load.delivery_id).facts.get("columns", ())
    cells = []
    for source in columns:
        sensitivity = source_sensitivity(field_map, source)
        open_ = is_clear or sensitivity in (Sensitivity.PUBLIC, Sensitivity.INTERNAL)
        raw, now = came.get(source, ""), stands.get(source, "")
        targets = [label_of(field_map, rule.target) for rule in field_map.fields if source in _sources(rule)]
        cells.append(
            FormCell(
                source,
                ", ".join(targets),
                as_seen(cut(raw), sensitivity, is_clear=is_clear),
                now if open_ else as_seen(cut(now), sensitivity, is_clear=False),
                raw != now,
                open_,
                tuple(dict.fromkeys(says.get(source, ()))),
            )
        )
    cells.sort(key=lambda cell: (not cell.says, not cell.label))
    _say_seen(tx, load)
    unread = as_seen(cut(came.get(UNREADABLE, "")), Sensitivity.CONFIDENTIAL, is_clear=is_clear)
    return RowForm(row_no, row["line_no"], Verdict(row["verdict"]), unread, tuple(cells))


def _say_seen(tx: UnitOfWork, load: Load) -> None:
    """Raw cells were shown as they are, unless only the shapes of personal ones were."""
    if tx.actor.may(Right.APPROVE_LOADS):
        tx.audit.saw("load", load.id, load.client_id, what="raw cells")


def edits_of(form: RowForm, typed: Mapping[str, str]) -> list[CellEdit]:
    """What was typed into a form as edits: cells that stand as they were are none, and a veiled one left empty stays."""
    found = []
    for cell in form.cells:
        value = typed.get(cell.source)
        if value is None or (value == cell.stands if cell.is_clear else value == ""):
            continue
        found.append(CellEdit(form.row_no, cell.source, value))
    return found


def failing_sentences(field_map: FieldMap, reasons: list[str]) -> tuple[tuple[str, str], ...]:
    """(column in words, sentence) of each of a row's reasons that blocks it."""
    kind = object_type(field_map.object)
    blocking = [word for word in reasons if severity_of(word, kind) is Severity.BLOCK]
    parts = [word.partition(":") for word in blocking]
    return tuple((label_of(field_map, column) if column else "", REASONS[code].sentence) for code, _, column in parts)
