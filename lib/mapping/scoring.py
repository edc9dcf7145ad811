"""How well a column fits a target: by its name, by what its values look like, and why, in words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from lib.domain.maps import Band
from lib.domain.objects import Column, Kind
from lib.domain.providers import ObjectTemplate
from lib.mapping.headers import name_of, words_of
from lib.mapping.profile import DATED, ColumnProfile, Guess
from lib.mapping.synonyms import NEVER, generic_synonyms
from lib.mapping.wording import Meaning, meaning_of, readings

EXACT, PROVIDER, GENERIC, WORDED, ALIKE = 1.00, 0.95, 0.93, 0.90, 0.90
# A name that is nearly spelled like a contact's, over values that are nothing else.
PROVEN = 0.86
# From here on two names count as alike; below, spelling says nothing.
ALIKE_FROM, PROVEN_FROM = 0.82, 0.75
# Shorter words differ by one letter and mean another thing: a city and a county's "cty", a reference and an "xref".
SHORT = 4
CERTAIN_FROM, STRONG_FROM, CHECK_FROM = 0.97, 0.85, 0.60
# So much of a column must be filled for it to be the date that every record needs.
REQUIRED_FILLED = 0.9

_NUMERIC = frozenset({Guess.INTEGER, Guess.DECIMAL, Guess.ZIP})
_EPOCHS = frozenset({Guess.EPOCH_SECONDS, Guess.EPOCH_MILLISECONDS})
# How well a look fits a kind; a look that is not named does not fit at all. Text columns are below.
_FITS: dict[Kind, dict[Guess, float]] = {
    Kind.TIMESTAMP: dict.fromkeys(DATED, 1.0) | {Guess.BLANK: 0.9},
    Kind.DATE: dict.fromkeys(DATED, 1.0) | {Guess.BLANK: 0.9},
    Kind.MONEY: dict.fromkeys(_NUMERIC | {Guess.MONEY}, 1.0) | dict.fromkeys(_EPOCHS, 0.9) | {Guess.BLANK: 0.9},
    Kind.INTEGER: {Guess.INTEGER: 1.0, Guess.ZIP: 1.0, Guess.BLANK: 0.9},
    Kind.DECIMAL: dict.fromkeys(_NUMERIC, 1.0) | {Guess.BLANK: 0.9},
    Kind.BOOLEAN: {Guess.BOOLEAN: 1.0, Guess.BLANK: 0.9},
    Kind.DURATION: dict.fromkeys(_NUMERIC | {Guess.DURATION}, 1.0) | {Guess.BLANK: 0.9},
    # Phones and addresses typed by people are seldom clean, so mere text may still be a column of them.
    Kind.PHONE: {Guess.PHONE: 1.0, Guess.TEXT: 0.9, Guess.BLANK: 0.9, Guess.INTEGER: 0.8},
    Kind.EMAIL: {Guess.EMAIL: 1.0, Guess.TEXT: 0.9, Guess.BLANK: 0.9},
}
# Words that make another thing of a name: a campaign's number is not the campaign.
_TELLING = frozenset({"id", "#", "number", "no", "type", "date", "name", "code"})
_ODD_FOR_NAME = frozenset({Guess.EMAIL, Guess.PHONE, Guess.BOOLEAN, *_NUMERIC, Guess.MONEY, Guess.DURATION})


@dataclass(frozen=True)
class Score:
    """How sure a pairing is, 0 to 1, and why."""

    confidence: float
    reason: str


NO_FIT = Score(0.0, "")


def band(confidence: float) -> Band:
    """The band of a confidence: certain from 0.97, strong from 0.85, check from 0.60."""
    for least, name in ((CERTAIN_FROM, Band.CERTAIN), (STRONG_FROM, Band.STRONG), (CHECK_FROM, Band.CHECK)):
        if confidence >= least:
            return name
    return Band.NONE


def score(column: ColumnProfile, target: Column, object_name: str, template: ObjectTemplate | None) -> Score:
    """How well the column fits the target; 0 where its values are of another kind, whatever its name."""
    fit = fit_of(column, target)
    if fit == 0 or name_of(column.name) in {name_of(word) for word in NEVER.get(target.name, ())}:
        return NO_FIT
    named = _by_name(column.name, target.name, object_name, template)
    if named is None:
        named = _by_wording(column.name, target, object_name, template) or _by_likeness(
            column, target, object_name, template
        )
    confidence = round(named.confidence * fit, 3)
    return Score(confidence, named.reason + _doubt(column, fit)) if confidence >= CHECK_FROM else NO_FIT


def fit_of(column: ColumnProfile, target: Column) -> float:
    """How well the values fit the target's kind, 0 to 1."""
    if target.is_required and column.filled_share < REQUIRED_FILLED:
        return 0.0
    if target.kind is Kind.BOOLEAN and column.guess is Guess.INTEGER and set(column.examples) <= {"0", "1"}:
        return 1.0
    if target.kind in _FITS:
        return _FITS[target.kind].get(column.guess, 0.0)
    return _text_fit(column.guess, target)


def _text_fit(guess: Guess, target: Column) -> float:
    if guess in {Guess.TIMESTAMP, Guess.DATE, Guess.COORDINATES}:
        return 0.0
    if target.kind is Kind.IDENTIFIER:
        return {Guess.DECIMAL: 0.5, Guess.EMAIL: 0.5, Guess.MONEY: 0.5}.get(guess, 1.0)
    if target.kind is Kind.NAME:
        return 0.5 if guess in _ODD_FOR_NAME else 1.0
    if target.kind is Kind.STATUS:
        return 0.9 if guess is not Guess.TEXT and guess is not Guess.BLANK else 1.0
    return 0.8 if guess in _ODD_FOR_NAME else 1.0


def _by_name(header: str, target: str, object_name: str, template: ObjectTemplate | None) -> Score | None:
    """The score of a name that is known; the earlier in its list, the surer."""
    name = name_of(header)
    synonyms = dict(template.synonyms) if template else {}
    if "." in header:
        # A full path says what it is even where its last word says otherwise: Webflow's `payload.name` is the form's.
        owners = [owner for owner, paths in synonyms.items() if header in paths]
        if owners:
            return Score(PROVIDER, "the provider's own path for it") if target in owners else NO_FIT
    known = _ranks(tuple(synonyms.get(target, ())))
    if name == name_of(target):
        return Score(EXACT, "the same name as our column")
    if name in known:
        return Score(PROVIDER - 0.001 * known[name], "a name this provider uses for it")
    generic = _ranks(generic_synonyms(object_name, target))
    if name in generic:
        return Score(GENERIC - 0.0005 * generic[name], "a known name for it")
    return None


def _by_wording(header: str, target: Column, object_name: str, template: ObjectTemplate | None) -> Score | None:
    """The score of a name that says the same in other words; the more had to be left away, the less sure."""
    known = _meanings((target.name, *_known(target.name, object_name, template)))
    for meaning, left_away in readings(header, target.name, target.kind):
        if meaning in known:
            rank, word = known[meaning]
            return Score(WORDED - 0.01 * left_away - 0.0003 * rank, f"says the same as “{words_of(word)}”")
    return None


@lru_cache(maxsize=4096)
def _spoken(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words_of(name) for name in names))


def _known(target: str, object_name: str, template: ObjectTemplate | None) -> tuple[str, ...]:
    """The provider's names of a target and those of everybody, best first."""
    of_provider = tuple(template.synonyms.get(target, ())) if template else ()
    return (*of_provider, *generic_synonyms(object_name, target))


@lru_cache(maxsize=4096)
def _meanings(words: tuple[str, ...]) -> dict[Meaning, tuple[int, str]]:
    meanings: dict[Meaning, tuple[int, str]] = {}
    for rank, word in enumerate(words):
        # A provider's path means what it says as a whole, not by its last word.
        if "." not in word:
            meanings.setdefault(meaning_of(word), (rank, word))
    meanings.pop(frozenset(), None)
    return meanings


@lru_cache(maxsize=4096)
def _ranks(words: tuple[str, ...]) -> dict[str, int]:
    ranks: dict[str, int] = {}
    for rank, word in enumerate(words):
        ranks.setdefault(name_of(word), rank)
    return ranks


def _by_likeness(column: ColumnProfile, target: Column, object_name: str, template: ObjectTemplate | None) -> Score:
    # A number of seconds is only a time where the name says so plainly.
    if column.guess in _EPOCHS:
        return NO_FIT
    words = words_of(column.name)
    names = _spoken((target.name, *_known(target.name, object_name, template)))
    likeness, best = max((likeness_of(words, other), other) for other in names)
    if likeness >= PROVEN_FROM and column.guess.value == target.kind.value and target.kind in {Kind.EMAIL, Kind.PHONE}:
        return Score(PROVEN, f"spelled {likeness:.0%} like “{best}”, and its values are nothing else")
    if likeness < ALIKE_FROM:
        return NO_FIT
    return Score(ALIKE * likeness, f"spelled {likeness:.0%} like “{best}”")


def likeness_of(words: str, other: str) -> float:
    """How alike two names are, 0 to 1: a slip of the pen is forgiven, another word is not.

    Word by word where both have as many, since "device type" and "service type" share most letters and no meaning.
    """
    mine, theirs = words.split(), other.split()
    if len(mine) == len(theirs):
        least = 1.0
        for one, two in zip(mine, theirs, strict=True):
            least = min(least, _word_likeness(one, two))
            if least < PROVEN_FROM:
                return 0.0
        return least if mine else 0.0
    if (set(mine) ^ set(theirs)) & _TELLING:
        return 0.0
    ratio = _word_likeness("".join(mine), "".join(theirs))
    return ratio if ratio >= 0.92 else 0.0


def _word_likeness(one: str, other: str) -> float:
    if one != other and min(len(one), len(other)) < SHORT:
        return 0.0
    # Below the cut the ratio is given as 0, and sooner.
    return fuzz.ratio(one, other, score_cutoff=100 * PROVEN_FROM) / 100


def _doubt(column: ColumnProfile, fit: float) -> str:
    if fit == 1.0:
        return ""
    if column.guess is Guess.BLANK:
        return "; the column is blank here, so its values prove nothing"
    return f"; its values look like {column.guess.replace('_', ' ')}"
