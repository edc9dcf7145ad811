"""What a change would do, asked for and looked at: the deliveries it is tried on, what it rests on, its words (F146, F150)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any

from lib.db.repositories.maps import MapVersion
from lib.db.shared_steps.metric_effects import MetricEffect, metric_effects, rolled_up
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.imports import Delivery, Load
from lib.domain.maps import FieldMap, FieldRule, Sensitivity
from lib.domain.metrics import Metric
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.rows.class_rules import ClassRule
from lib.domain.rows.impact import Change, Impact, NumberChange, RowChange
from lib.domain.states import LoadStatus
from lib.errors import DeskError
from lib.mapping.checked import Texts, codes_of
from lib.mapping.shown import sensitivity_of
from lib.mapping.transforms import further_sources
from lib.reporting.amounts import as_number
from lib.reporting.effect_words import movement
from lib.reporting.impact import Foretold
from lib.reporting.periods import range_in_words
from validation.policy import load_findings
from validation.policy_settings import policies_with
from validation.reasons import describe

__all__ = ["Change", "Impact", "ImpactView", "Metric"]

_CAREFUL = frozenset({Sensitivity.PERSONAL, Sensitivity.CONFIDENTIAL})
_STANDS = frozenset({LoadStatus.IN_REVIEW, LoadStatus.APPROVED, LoadStatus.COMMITTED})
_STALE = {
    "map": "another map is in use now",
    "rules": "the account's rules were changed",
    "commits": "something was committed or undone",
    "arrived": "another delivery arrived",
}


@dataclass(frozen=True)
class Side:
    """An account and the map its rows are read through, before a change or after it."""

    account: Account
    version: MapVersion

    @property
    def field_map(self) -> FieldMap:
        """What the map says."""
        return self.version.field_map


@dataclass(frozen=True)
class Past:
    """A delivery that came before and the load of it that counts most: the committed one, else the newest that waits."""

    delivery: Delivery
    load: Load

    @property
    def is_counted(self) -> bool:
        """Whether numbers stand on it."""
        return self.load.status is LoadStatus.COMMITTED


@dataclass(frozen=True)
class ImpactView:
    """What was foretold of a change, or nothing yet; `stale` says in words what is different since."""

    change: Change
    parts: tuple[Impact, ...] = ()
    worked_out_at: datetime | None = None
    stale: tuple[str, ...] = ()

    @property
    def numbers(self) -> tuple[NumberChange, ...]:
        """Every number that moves."""
        return tuple(item for part in self.parts for item in part.numbers)

    @property
    def changed(self) -> int:
        """How many rows come out otherwise."""
        return sum(part.changed for part in self.parts)

    @property
    def rows(self) -> int:
        """How many rows were looked at."""
        return sum(part.rows for part in self.parts)


def sides(tx: UnitOfWork, key: str, change: Change) -> list[tuple[Side, Side]]:
    """What is compared, object by object; DeskError where the change itself is not sound.

    Of a first map there is nothing in use, so it is compared with itself.
    """
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    if change.is_of_map:
        wanted = tx.maps.numbered(account, change.object, change.version)
        return [(Side(account, tx.maps.approved(account, change.object) or wanted), Side(account, wanted))]
    after = _ruled(account, change)
    used = [found for name in account.signals if (found := tx.maps.approved(account, name)) is not None]
    return [(Side(account, version), Side(after, version)) for version in used]


def _ruled(account: Account, change: Change) -> Account:
    """The account with other rules."""
    policies = account.policies
    for name, text in change.settings.items():
        policies = policies_with(policies, name, text)
    kept = [rule for rule in account.class_rules if rule.number not in change.removes]
    if len(kept) + len(change.removes) != len(account.class_rules):
        raise DeskError("unknown_class_rule", f"{account.key} has no such rule.", "Look at its rules again.")
    return replace(
        account, policies=policies, class_rules=(*kept, *(ClassRule.of_dict(dict(item)) for item in change.adds))
    )


def past_deliveries(tx: UnitOfWork, account: Account, name: str, most: int) -> tuple[list[Past], int]:
    """The newest deliveries of an object in the order of their commits, those that wait last; and how many are older."""
    newest: dict[int, Load] = {}
    for load in tx.loads.of_object(account.id, name):
        known = newest.get(load.delivery_id)
        if load.status in _STANDS and (known is None or _weight(load) > _weight(known)):
            newest[load.delivery_id] = load
    chosen = sorted(newest, reverse=True)[:most]
    deliveries = tx.deliveries.with_ids(chosen)
    order = {load_id: place for place, load_id in enumerate(tx.committed_loads.ids(account.id, name))}
    found = [Past(deliveries[number], newest[number]) for number in chosen]
    found.sort(key=lambda item: (order.get(item.load.id, len(order)), item.delivery.id))
    return found, len(newest) - len(chosen)


def _weight(load: Load) -> tuple[bool, int]:
    return load.status is LoadStatus.COMMITTED, load.id


def basis_of(tx: UnitOfWork, key: str, change: Change) -> dict[str, Any]:
    """What an impact rests on; once any of it is another, the impact is stale."""
    account = tx.accounts.by_key(key)
    names = [change.object] if change.is_of_map else sorted(account.signals)
    used = {name: tx.maps.approved(account, name) for name in names}
    rules = repr((account.policies.as_dict(), [rule.as_dict() for rule in account.class_rules], account.matching))
    return {
        "map": {name: found.id if found else 0 for name, found in used.items()},
        "rules": blake2b(rules.encode(), digest_size=12).hexdigest(),
        "commits": {name: tx.accounts.epoch(account.id, name) for name in names},
        "arrived": {name: max([load.id for load in tx.loads.of_object(account.id, name)], default=0) for name in names},
        "most": change.most,
    }


def keep(tx: UnitOfWork, key: str, change: Change, basis: Mapping[str, Any], parts: Iterable[Impact]) -> None:
    """Write down what came of it, beside what it rests on."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(key)
    result = {"parts": [part.as_dict() for part in parts], "change": change.as_dict()}
    tx.impacts.keep(account, change.subject, dict(basis), result)
    tx.audit.note("impact worked out", "account", account.id, account.client_id, subject=change.subject)


def impact_of(tx: UnitOfWork, key: str, change: Change) -> ImpactView:
    """What was foretold of a change; one without parts where nobody asked, or its samples have had their time."""
    tx.actor.require(Right.SEE_DETAIL)
    kept = tx.impacts.of(tx.accounts.by_key(key), change.subject)
    if kept is None:
        return ImpactView(change)
    now = basis_of(tx, key, change)
    stale = tuple(words for name, words in _STALE.items() if now[name] != kept.basis[name])
    parts = tuple(Impact.of_dict(item) for item in kept.result["parts"])
    return ImpactView(Change.of_dict(kept.result["change"]), parts, kept.worked_out_at, stale)


def hidden_columns(before: Side, after: Side) -> frozenset[str]:
    """The columns of which a sample shows the shape only: careful ones, and all that is read from what fills such a one."""
    kind = object_type(after.version.object)
    maps = (before.field_map, after.field_map)
    careful = {name for name in kind.column_names if any(sensitivity_of(item, kind, name) in _CAREFUL for item in maps)}
    rules = [rule for item in maps for rule in item.fields]
    sources = {source for rule in rules if rule.target in careful for source in _sources(rule)}
    return frozenset(careful | {rule.target for rule in rules if sources & set(_sources(rule))})


def _sources(rule: FieldRule) -> tuple[str, ...]:
    return tuple(name for name in (rule.source, *further_sources(rule.transforms)) if name)


def counted_metrics(tx: UnitOfWork, account: Account, name: str) -> dict[str, Metric]:
    """The metrics of an object that are rolled up, by name."""
    return rolled_up(tx, account, name)


def number_changes(
    tx: UnitOfWork, before: Side, after: Side, counted: Mapping[str, Metric], foretold: Foretold
) -> tuple[NumberChange, ...]:
    """Every month of every number that moves, with why; a ratio moves with its parts."""
    account, name = after.account, after.version.object
    effect = foretold.effect((before.field_map.keeping, after.field_map.keeping))
    found: list[NumberChange] = []
    for item in metric_effects(tx, account, name, counted, effect):
        causes = foretold.causes(item.metric.name) if item.metric.name in counted else {}
        found.extend(_number_changes(item, causes))
    return tuple(found)


def _number_changes(item: MetricEffect, causes: Mapping[str, str]) -> Iterable[NumberChange]:
    template = item.metric.template
    for month in item.months:
        if month.now == month.after:
            continue
        key = month.range.first.strftime("%Y-%m")
        moves, because = movement(month, template.unit), f", because {causes[key]}" if causes.get(key) else ""
        yield NumberChange(
            metric=item.metric.name,
            label=template.label,
            source=item.metric.source_label,
            signal=str(item.metric.signal),
            paid=str(item.metric.paid),
            month=key,
            change=moves,
            sentence=f"{template.label}, {range_in_words(month.range)}: {moves}{because}.",
            now=as_number(month.now, template.unit),
            after=as_number(month.after, template.unit),
        )


def stopped(account: Account, rows: int, failed: int, reasons: Counter[str]) -> list[str]:
    """Why an account's policies would keep a load of these rows from being approved."""
    return [
        item.sentence
        for item in load_findings(account.policies, row_count=rows, failed_count=failed, reason_counts=reasons)
    ]


def reason_counts(reasons: Texts) -> Counter[str]:
    """How many rows give each code."""
    counts: Counter[str] = Counter()
    for text, rows in Counter(reasons.tolist()).items():
        counts.update(dict.fromkeys(codes_of(text), rows))
    return counts


def in_words(item: RowChange, labels: Mapping[str, str] | None = None) -> str:
    """One kind of change in a sentence; `labels` say what a map calls its columns."""
    rows = f"{item.rows:,} {'row' if item.rows == 1 else 'rows'}"
    one = item.rows == 1
    code, _, column = item.subject.partition(":")
    named = (labels or {}).get(item.subject, item.subject.replace("_", " "))
    if item.code == "refused":
        why = describe(code).sentence if code else ""
        place = f" ({(labels or {}).get(column, column.replace('_', ' '))})" if column else ""
        return f"{rows} would fail{place}: {why}" if why else f"{rows} would fail."
    return {
        "let_in": f"{rows} that {'fails' if one else 'fail'} now would come in.",
        "class": f"{rows} would be of another class.",
        "key": f"{rows} would be known by another key, so loading again makes new records beside the old ones.",
        "duplicate": f"{rows} would be told apart otherwise from other rows of the file.",
        "value": f"{rows} would have another value in {named}.",
    }[item.code]
