"""Reads a map from its file, and says of the first mistake where it stands and how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from lib.domain.maps import Blank, FieldMap, FieldRule, IgnoredField, Sensitivity, Transform
from lib.domain.objects import ObjectType, object_type
from lib.errors import DeskError
from lib.mapping.check import place_of
from lib.mapping.transforms import TRANSFORMS, step_problems
from lib.mapping.transforms.shape import OptionKind
from lib.mapping.yaml_text import load_yaml

# How a map's file is written. It grows when an old desk could misread a new file; a file that names none is the first.
FORMAT = 1
_FIELD_KEYS = (
    "source", "target", "transforms", "label", "owner", "explanation", "sensitivity", "confidence", "reason",
    "blank",
)  # fmt: skip


def load_map(text: str) -> FieldMap:
    """Read a map; DeskError `map_invalid` names the first mistake, its place and its mend.

    A field without `sensitivity` has that of its column. What only a file can tell (a header not answered for), and
    what concerns the map as a whole, is left to `check_map`.
    """
    top = load_yaml(text)
    if not isinstance(top, dict):
        _refuse("The map", "is empty or not a list of keys", "Begin with `object: lead` and a list of `fields`.")
    _same_format(top.get("format", 1))
    _known_keys("The map", top, ("format", "object", "fields", "ignored"))
    if not isinstance(top.get("object"), str):
        _refuse("The map", "does not say what one row is", "Begin with a line such as `object: lead`.")
    canonical = _object(top["object"])
    fields = tuple(_field(index, item, canonical) for index, item in enumerate(_entries(top, "fields")))
    _no_twins(fields)
    ignored = tuple(_ignored(index, item) for index, item in enumerate(_entries(top, "ignored")))
    return FieldMap(canonical.name, fields, ignored)


def _refuse(place: str, what: str, hint: str) -> NoReturn:
    raise DeskError("map_invalid", f"{place} {what}.", hint)


def _known_keys(place: str, item: Mapping[Any, Any], known: tuple[str, ...]) -> None:
    for key in item:
        if key not in known:
            _refuse(place, f"has a key {key!r} that no map has", f"Use {', '.join(known)}.")


def _same_format(written: Any) -> None:
    """Refuse a file of another desk's age before anything in it is misread."""
    if written == FORMAT and not isinstance(written, bool):
        return
    if isinstance(written, int) and written > FORMAT:
        hint = "Update this desk, or save the map again on the desk that it comes from in the older format."
        _refuse(
            "The map", f"is written in format {written}, and this desk reads up to {FORMAT}: it is a newer one's", hint
        )
    if isinstance(written, int) and not isinstance(written, bool):
        hint = f"Save it again on a desk of today, or bring it to format {FORMAT} by hand."
        _refuse("The map", f"is written in format {written}, which is older than any that this desk reads", hint)
    _refuse("The map", f"has the format {written!r}, which is no number", f"Write `format: {FORMAT}`.")


def _object(name: str) -> ObjectType:
    try:
        return object_type(name)
    except DeskError as error:
        raise DeskError("map_invalid", f"The map names no object that exists: {error.message}", error.hint) from None


def _entries(top: Mapping[str, Any], key: str) -> list[Any]:
    entries = top.get(key)
    if entries is None:
        return []
    if not isinstance(entries, list):
        _refuse(f"`{key}`", "is not a list", "Begin each entry with a dash: `- source: …`.")
    return entries


@dataclass(frozen=True)
class _Entry:
    """One entry of a list with its place, so that every mistake in it can name where it stands."""

    place: str
    item: Mapping[str, Any]

    def text(self, key: str, default: str | None = None) -> str:
        value = self.item.get(key, default)
        if value is None and key in self.item and default is not None:
            return default  # `label:` with nothing behind it
        if value is None:
            _refuse(self.place, f"has no {key}", f"Add a line `{key}: …`.")
        if isinstance(value, bool | int | float):
            _refuse(
                self.place,
                f"has a {key} that YAML reads as {type(value).__name__}, not as text: {value!r}",
                "Put it in quotation marks.",
            )
        if not isinstance(value, str):
            _refuse(self.place, f"has a {key} that is not text", f"Write one text behind `{key}:`.")
        return value


def _entry(key: str, index: int, item: Any, known: tuple[str, ...]) -> _Entry:
    if not isinstance(item, dict):
        _refuse(f"{key}[{index}]", "is not an entry with keys", "Write `- source: …` and its other keys below.")
    source = item.get("source", "")
    place = place_of(index, str(source)).replace("fields", key, 1)
    _known_keys(place, item, known)
    return _Entry(place, item)


def _field(index: int, item: Any, canonical: ObjectType) -> FieldRule:
    entry = _entry("fields", index, item, _FIELD_KEYS)
    source, target = entry.text("source"), entry.text("target")
    if target not in canonical.column_names:
        name = canonical.name.replace("_", " ")
        _refuse(
            entry.place,
            f"has the target {target!r}, which is no column of a {name}",
            f"Use one of {', '.join(canonical.column_names)}.",
        )
    return FieldRule(
        source=source,
        target=target,
        transforms=_steps(entry),
        label=entry.text("label", ""),
        owner=entry.text("owner", ""),
        explanation=entry.text("explanation", ""),
        sensitivity=_sensitivity(entry, canonical.column(target).sensitivity),
        confidence=_confidence(entry),
        reason=entry.text("reason", ""),
        blank=_blank(entry),
    )


def _ignored(index: int, item: Any) -> IgnoredField:
    entry = _entry("ignored", index, item, ("source", "reason"))
    return IgnoredField(entry.text("source"), entry.text("reason"))


def _no_twins(fields: tuple[FieldRule, ...]) -> None:
    seen: dict[str, int] = {}
    for index, rule in enumerate(fields):
        if rule.target in seen:
            _refuse(
                place_of(index, rule.source),
                f"fills {rule.target}, which {place_of(seen[rule.target], fields[seen[rule.target]].source)} fills too",
                "Keep one of them, or bring them together with `coalesce` or `join`.",
            )
        seen[rule.target] = index


def _sensitivity(entry: _Entry, default: Sensitivity) -> Sensitivity:
    word = entry.text("sensitivity", default.value)
    try:
        return Sensitivity(word)
    except ValueError:
        _refuse(entry.place, f"has the sensitivity {word!r}", f"Use one of {', '.join(Sensitivity)}.")


def _blank(entry: _Entry) -> Blank:
    word = entry.text("blank", Blank.CLEAR.value)
    try:
        return Blank(word)
    except ValueError:
        _refuse(entry.place, f"has the blank {word!r}", f"Use one of {', '.join(Blank)}.")


def _confidence(entry: _Entry) -> float:
    value = entry.item.get("confidence", 1.0)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        _refuse(entry.place, f"has the confidence {value!r}", "Write a number from 0 to 1.")
    return float(value)


def read_steps(place: str, steps: Any) -> tuple[Transform, ...]:
    """A list of steps as YAML gives it; DeskError `map_invalid` names the place and the first mistake."""
    return _steps(_Entry(place, {"transforms": steps}))


def _steps(entry: _Entry) -> tuple[Transform, ...]:
    steps = entry.item.get("transforms")
    if steps is None:
        return ()
    if not isinstance(steps, list):
        _refuse(entry.place, "has transforms that are not a list", "Write `transforms: [trim]`.")
    return tuple(_step(entry, step) for step in steps)


def _step(entry: _Entry, step: Any) -> Transform:
    transform = _named(entry, step)
    problems = step_problems(transform)
    if problems:
        _refuse(entry.place, f"has a step that cannot run: {problems[0]}", "Correct this step of the chain.")
    return transform


def _named(entry: _Entry, step: Any) -> Transform:
    if isinstance(step, str):
        return Transform(step)
    if not isinstance(step, dict) or len(step) != 1:
        _refuse(
            entry.place,
            "has a step that is neither a name nor one name with options",
            'Write `- trim` or `- split: {separator: ",", part: 1}`.',
        )
    name, options = next(iter(step.items()))
    if options is not None and not isinstance(options, dict):
        _refuse(entry.place, f"has options of {name} that are not keys", f"Write `{name}: {{option: value}}`.")
    return Transform(str(name), _as_text(str(name), options or {}))


def _as_text(name: str, options: Mapping[Any, Any]) -> dict[str, Any]:
    """Options with what must be text made text again: 1 and true in a table are the provider's words, not ours."""
    spec = TRANSFORMS.get(name)
    read: dict[str, Any] = {}
    for key, value in options.items():
        option = spec.options.get(key) if spec else None
        if option and option.kind is OptionKind.TABLE and isinstance(value, dict):
            read[str(key)] = {_word(k): _word(v) for k, v in value.items()}
        elif option and option.kind is OptionKind.TEXT and not isinstance(value, dict | list):
            read[str(key)] = _word(value)
        else:
            read[str(key)] = value
    return read


def _word(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value
