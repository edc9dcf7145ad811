"""How a header set differs from the one that was known: new, missing and changed columns, and which were only renamed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from lib.domain.maps import RECEIVED_AT, FieldMap, FieldRule
from lib.domain.objects import Kind, object_type
from lib.mapping.headers import name_of, words_of
from lib.mapping.profile import ColumnProfile, Guess
from lib.mapping.synonyms import generic_synonyms
from lib.mapping.transforms import further_sources

# A header set: what each column's values look like (a Guess, or '' where nothing is known), in the file's order.
Headers = Mapping[str, str]

# Looks that one and the same column may take from one file to the next, by what was in it that day.
_NUMBERS = frozenset({Guess.INTEGER, Guess.DECIMAL, Guess.MONEY, Guess.ZIP})
_FAMILIES = (
    _NUMBERS | {Guess.EPOCH_SECONDS},
    _NUMBERS | {Guess.EPOCH_MILLISECONDS},
    frozenset({Guess.TIMESTAMP, Guess.DATE}),
)
# What a map expects of a source by the kind of its target. Any other kind takes whatever text comes; phones and
# addresses typed by people are seldom clean, so a column of them may well look like text.
_EXPECTED = {
    Kind.TIMESTAMP: Guess.TIMESTAMP,
    Kind.DATE: Guess.DATE,
    Kind.MONEY: Guess.MONEY,
    Kind.INTEGER: Guess.INTEGER,
    Kind.DECIMAL: Guess.DECIMAL,
}
# Below it two names have too little in common to be one column under two names.
_ALIKE = 0.7
_SYNONYM, _SAME_PLACE = 0.9, 0.6


@dataclass(frozen=True)
class Renamed:
    """A column that is gone and a new one that is probably the same; `likeness` is 0 to 1, `reason` says why."""

    was: str
    now: str
    likeness: float
    reason: str


@dataclass(frozen=True)
class Retyped:
    """A column whose values look like something else than they did; both as in `Guess`."""

    name: str
    was: str
    now: str


@dataclass(frozen=True)
class Drift:
    """What changed between two header sets. `new` and `missing` hold what `renamed` explains, too, in file order."""

    new: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    retyped: tuple[Retyped, ...] = ()
    renamed: tuple[Renamed, ...] = ()

    @property
    def is_none(self) -> bool:
        """Whether the two are the same to a map; the order of columns is nothing to it."""
        return not (self.new or self.missing or self.retyped)

    @property
    def size(self) -> int:
        """How many things a person has to confirm; a renamed column is one."""
        return len(self.new) + len(self.missing) - len(self.renamed) + len(self.retyped)

    @property
    def in_words(self) -> str:
        """`two columns renamed, one new`; `the same columns` where nothing changed."""
        renamed = len(self.renamed)
        counts = (
            (renamed, "renamed"),
            (len(self.new) - renamed, "new"),
            (len(self.missing) - renamed, "missing"),
            (len(self.retyped), "of another type"),
        )
        said = [(count, words) for count, words in counts if count]
        if not said:
            return "the same columns"
        first, *rest = said
        head = f"{first[0]} column{'s' * (first[0] != 1)} {first[1]}"
        return ", ".join([head, *(f"{count} {words}" for count, words in rest)])


def headers_of(columns: Sequence[ColumnProfile]) -> dict[str, str]:
    """The header set of a profiled sample."""
    return {column.name: column.guess.value for column in columns}


def headers_of_map(field_map: FieldMap) -> dict[str, str]:
    """The header set a map answers for, with the look its targets ask for; '' where any text will do."""
    kinds = {column.name: column.kind for column in object_type(field_map.object).columns}
    found: dict[str, str] = {}
    for rule in field_map.fields:
        look = _look_of(rule, kinds.get(rule.target, Kind.TEXT))
        found[rule.source] = look if found.get(rule.source, look) == look else ""
        found.update({source: "" for source in further_sources(rule.transforms) if source not in found})
    found.update({item.source: "" for item in field_map.ignored if item.source not in found})
    return {name: look for name, look in found.items() if name and name != RECEIVED_AT}


def drift(known: Headers, found: Headers, object_name: str = "") -> Drift:
    """What changed from the known header set to the found one.

    Names are compared as they are written. `object_name` lets two different names of one canonical column (Phone, Tel)
    count as a rename. A blank or unknown look is no change of type, nor is a date that gained a time.
    """
    new = tuple(name for name in found if name not in known)
    missing = tuple(name for name in known if name not in found)
    retyped = tuple(
        Retyped(name, known[name], found[name])
        for name in found
        if name in known and not _is_same_family(known[name], found[name])
    )
    return Drift(new, missing, retyped, _renamed(known, found, missing, new, object_name))


def nearest(found: Headers, sets: Mapping[str, Headers], object_name: str = "") -> tuple[str, Drift] | None:
    """The name of the known header set that the found one differs least from, with the difference.

    None where none of them shares half of its columns (renamed ones among them) with what was found.
    """
    drifts = [(name, known, drift(known, found, object_name)) for name, known in sets.items()]
    fitting = [
        (name, item)
        for name, known, item in drifts
        if 2 * (len(known) - len(item.missing) + len(item.renamed)) >= len(known) > 0
    ]
    return min(fitting, key=lambda pair: pair[1].size, default=None)


def _look_of(rule: FieldRule, kind: Kind) -> str:
    """What a rule expects of its source: a chain may turn anything into what its target needs, a plain reading not."""
    if not all(step.name == "trim" or step.name.startswith("parse_") for step in rule.transforms):
        return ""
    formats = [str(step.options["format"]) for step in rule.transforms if step.options.get("format")]
    if formats:
        return formats[0] if formats[0].startswith("epoch") else ""
    return str(_EXPECTED.get(kind, ""))


def _is_same_family(was: str, now: str) -> bool:
    if was == now or not was or not now or Guess.BLANK.value in (was, now):
        return True
    return any(was in family and now in family for family in _FAMILIES)


def _renamed(
    known: Headers, found: Headers, missing: Sequence[str], new: Sequence[str], object_name: str
) -> tuple[Renamed, ...]:
    """Pairs of a missing and a new column, the likeliest first, each column in one pair at most."""
    places = {name: place for place, name in enumerate(known)}, {name: place for place, name in enumerate(found)}
    pairs = [
        pair
        for was in missing
        for now in new
        if _is_same_family(known[was], found[now])
        and (pair := _pair(was, now, places[0][was] == places[1][now], object_name)) is not None
    ]
    pairs.sort(key=lambda pair: -pair.likeness)
    taken: list[Renamed] = []
    for pair in pairs:
        if all(pair.was != other.was and pair.now != other.now for other in taken):
            taken.append(pair)
    return tuple(taken)


def _pair(was: str, now: str, is_same_place: bool, object_name: str) -> Renamed | None:
    if _words(was).replace(" ", "") == _words(now).replace(" ", ""):
        return Renamed(was, now, 1.0, "the same name written another way")
    one, two = _words(was), _words(now)
    # All words of one name in the other: "Phone" became "Phone number".
    alike = max(fuzz.token_sort_ratio(one, two), 0.9 * fuzz.token_set_ratio(one, two)) / 100
    if alike >= _ALIKE:
        return Renamed(was, now, round(alike, 3), f"spelled {alike:.0%} alike")
    if object_name and (target := _known_for(was, object_name) & _known_for(now, object_name)):
        return Renamed(was, now, _SYNONYM, f"both are names of {min(target)}")
    return Renamed(was, now, _SAME_PLACE, "it stands in the same place") if is_same_place else None


@lru_cache(maxsize=4096)
def _words(header: str) -> str:
    return words_of(header)


def _known_for(header: str, object_name: str) -> frozenset[str]:
    """The columns that this header is a known name of."""
    return _targets_by_name(object_name).get(_words(header).replace(" ", ""), frozenset())


@lru_cache(maxsize=64)
def _targets_by_name(object_name: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for target in object_type(object_name).column_names:
        for word in (target, *generic_synonyms(object_name, target)):
            found.setdefault(name_of(word), set()).add(target)
    return {name: frozenset(targets) for name, targets in found.items()}
