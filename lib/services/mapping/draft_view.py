"""Show a draft: its columns, its lines, its values, and what stands in the way of submitting it."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.repositories.maps import MapVersion
from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.maps import UNPLACED, Band
from lib.domain.people import Right
from lib.mapping.document import fingerprint
from lib.mapping.draft_lines import GridLine, Problem, ProfileLine, grid_lines, problems_of, profile_lines, translatable
from lib.mapping.drafts import MapDraft, Sample
from lib.mapping.drift import Drift, drift, headers_of, headers_of_map
from lib.mapping.transforms.shape import MapContext
from lib.mapping.value_lines import ValueLine, ValueTable, translation_of, value_table
from lib.providers import template

__all__ = ["DraftView", "GridLine", "HeaderNews", "Problem", "ProfileLine", "ValueLine", "ValueTable", "draft_view"]


@dataclass(frozen=True)
class HeaderNews:
    """How the sample's columns differ from the header set that was known last, and which one that is, in words."""

    drift: Drift
    since: str


@dataclass(frozen=True)
class DraftView:
    """A draft as a page shows it; `drift` is None where nothing was known of the columns before."""

    profile: tuple[ProfileLine, ...]
    lines: tuple[GridLine, ...]
    problems: tuple[Problem, ...]
    values: tuple[ValueTable, ...]
    translatable: tuple[str, ...]
    fingerprint: str
    mapped: int
    left_out: int
    unplaced: int
    to_check: int
    drift: HeaderNews | None = None

    def is_version(self, version: MapVersion | None, draft: MapDraft) -> bool:
        """Whether this draft says exactly what a version says."""
        if version is None or draft.field_map is None:
            return False
        return version.fingerprint == self.fingerprint or version.field_map == draft.field_map

    @property
    def undecided(self) -> tuple[tuple[ValueTable, ValueLine], ...]:
        """Values of the sample that nobody has decided about and that are not simply kept, the most frequent first."""
        found = [(table, line) for table in self.values for line in table.undecided if table.otherwise != "keep"]
        return tuple(sorted(found, key=lambda pair: -pair[1].rows))


def draft_view(tx: UnitOfWork, draft: MapDraft) -> DraftView:
    """Everything to be shown of a draft; its problems are found anew from the map itself."""
    tx.actor.require(Right.EDIT_MAPS)
    account = tx.accounts.by_key(draft.account)
    field_map, sample = draft.field_map, draft.sample
    profile = profile_lines(draft)
    news = _header_news(tx, account, draft)
    if field_map is None:
        return DraftView(profile, (), (), (), (), "", 0, 0, 0, 0, news)
    problems = problems_of(draft, field_map)
    lines = grid_lines(draft, field_map, problems)
    return DraftView(
        profile=profile,
        lines=lines,
        problems=problems,
        values=_tables(account, draft, sample),
        translatable=translatable(draft),
        fingerprint=fingerprint(field_map),
        mapped=len(field_map.fields),
        left_out=len(field_map.ignored),
        unplaced=sum(item.reason == UNPLACED for item in field_map.ignored),
        to_check=sum(line.band == Band.CHECK for line in lines),
        drift=news,
    )


def _header_news(tx: UnitOfWork, account: Account, draft: MapDraft) -> HeaderNews | None:
    """What changed since the map in use was made, which answers for every column that was known then."""
    current = tx.maps.approved(account, draft.object) if draft.sample else None
    if current is None or draft.sample is None:
        return None
    known, found = headers_of_map(current.field_map), headers_of(draft.sample.columns)
    return HeaderNews(drift(known, found, draft.object), f"map {current.version}, which is in use")


def _context(account: Account, draft: MapDraft) -> MapContext:
    offered = template(account.provider).object(draft.object)
    zone = offered.timezone if offered.timezone != "account" else account.timezone or account.client_timezone
    return MapContext(zone, account.phone_region, offered.day_order, offered.money_unit)


def _tables(account: Account, draft: MapDraft, sample: Sample | None) -> tuple[ValueTable, ...]:
    if draft.field_map is None or sample is None:
        return ()
    translated = [rule for rule in draft.field_map.fields if translation_of(rule)]
    offered = template(account.provider).object(draft.object).value_maps
    context = _context(account, draft)
    return tuple(
        value_table(rule, sample.frame, context, sample.lines, offered.get(rule.target)) for rule in translated
    )
