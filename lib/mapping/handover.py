"""The handover pack: everything about an account that rebuilds it on another desk, in one zip file, as a value and as bytes.

In the zip: `README.md` (what each file is), `pack.json` (the account's settings, its rules and its metrics, and the list
of its maps), `maps/OBJECT-VERSION.yaml` (map files as `map save` takes them), `samples/OBJECT.csv` (masked rows) and
`glossary.md` (every field and number in words). No credential is in it, only where each desk keeps its own.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pandas as pd
import pyarrow as pa

from lib.domain.maps import FieldMap
from lib.errors import DeskError
from lib.mapping.document import dump_map, load_map
from lib.mapping.safe_csv import SafeCsv

FORMAT, VERSION = "connector-desk-handover", 1
_MOST_BYTES, _MOST_FILES, _MOST_OF_ONE = 20_000_000, 500, 5_000_000
# A zip keeps a time for each file; one for all, so that the same pack is the same bytes.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_TEXTS = (
    "key", "provider", "source_label", "reason", "destination", "timezone", "auth_model", "auth_scopes",
    "credential_ref", "webhook_secret_ref", "public_promise", "failure_path", "manual_fallback", "rollback_note",
    "retry_rules", "phone_region", "currency", "owner", "promised",
    "auth_expires_on",
)  # fmt: skip
_NUMBERS = ("retention_days", "freshness_hours")
_README = """\
# Handover pack of {key}

Everything that another Connector Desk needs to rebuild the account `{key}` ({source}), written {made_at}.

    python -m lib handover-read THIS.zip --client CLIENT --by YOU@EXAMPLE.COM

| file | what it is |
|---|---|
| `pack.json` | provider template, settings, promises, class rules, policies, match rules, metrics, and the list of maps |
| `maps/*.yaml` | each version of each map, value maps included, as `map save` takes it; `pack.json` says which is in use |
| `samples/*.csv` | rows as the provider sends them; of names, contacts, texts and ids only the shape is left |
| `glossary.md` | every field and every number in words |

No password, token or key is in it: `credential_ref` and `webhook_secret_ref` only name the place where each desk keeps
its own. Rules and value maps are in it as they are, since rows are read by them; look through `pack.json` and `maps/`
before it leaves the house if they name people.

Reading it makes a paused account with its maps submitted for approval. Nothing is live, and nothing is imported.
"""


@dataclass(frozen=True)
class PackedMap:
    """One version of a map; `is_used` of the one in use."""

    object: str
    version: int
    status: str
    is_used: bool
    note: str
    field_map: FieldMap

    @property
    def path(self) -> str:
        """Where it stands in the zip."""
        return f"maps/{self.object}-{self.version}.yaml"


@dataclass(frozen=True)
class Pack:
    """What is handed over.

    `account` holds settings as plain texts and numbers; `policies`, `class_rules`, `match_rules` and `metrics` what their
    own `as_dict` give; `signals` `SIGNAL:PAID` by object; `samples` masked rows by object.
    """

    made_at: str
    account: Mapping[str, Any]
    signals: Mapping[str, str]
    policies: Mapping[str, Any]
    class_rules: tuple[Mapping[str, Any], ...]
    match_rules: Mapping[str, tuple[str, ...]]
    metrics: tuple[Mapping[str, Any], ...]
    maps: tuple[PackedMap, ...]
    glossary: str = ""
    samples: Mapping[str, pd.DataFrame] = field(default_factory=dict)

    @property
    def used(self) -> tuple[PackedMap, ...]:
        """The maps in use, one an object."""
        return tuple(item for item in self.maps if item.is_used)


def pack_bytes(pack: Pack) -> bytes:
    """The pack as a zip file; the same pack gives the same bytes."""
    account = pack.account
    readme = _README.format(key=account["key"], source=account["source_label"], made_at=pack.made_at)
    files = {"README.md": readme.encode(), "pack.json": _index(pack), "glossary.md": pack.glossary.encode()}
    files |= {item.path: dump_map(item.field_map).encode() for item in pack.maps}
    files |= {f"samples/{name}.csv": _csv(frame) for name, frame in pack.samples.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read_pack(content: bytes) -> Pack:
    """The pack that a zip holds, all but its samples; DeskError `pack_invalid` says in a sentence what is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = _looked_over(archive)
            index = _plain(_text(archive, "pack.json", names))
            return _pack(index, lambda path: _text(archive, path, names))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise DeskError("pack_invalid", "This is no handover pack: it is not a zip file that can be read.") from error


def _index(pack: Pack) -> bytes:
    value = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": pack.made_at,
        "account": dict(pack.account),
        "signals": dict(pack.signals),
        "policies": dict(pack.policies),
        "class_rules": [dict(rule) for rule in pack.class_rules],
        "match_rules": {name: list(rules) for name, rules in pack.match_rules.items()},
        "maps": [
            {
                "object": item.object,
                "version": item.version,
                "status": item.status,
                "is_used": item.is_used,
                "note": item.note,
                "file": item.path,
            }
            for item in pack.maps
        ],
        "metrics": [dict(item) for item in pack.metrics],
    }
    return json.dumps(value, indent=2, ensure_ascii=False).encode()


def _csv(frame: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    written = SafeCsv(out, [str(name) for name in frame.columns])
    if len(frame):
        written.add([pa.array(frame.iloc[:, place].tolist(), pa.large_string()) for place in range(frame.shape[1])])
    return out.getvalue()


def _looked_over(archive: zipfile.ZipFile) -> frozenset[str]:
    """The names in a zip, unless it would grow beyond what any pack is."""
    entries = archive.infolist()
    if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
        _refuse("it is larger than any handover pack")
    return frozenset(entry.filename for entry in entries)


def _text(archive: zipfile.ZipFile, path: str, names: frozenset[str]) -> str:
    if path not in names:
        _refuse(f"it holds no {path}")
    with archive.open(path) as file:
        content = file.read(_MOST_OF_ONE + 1)
    if len(content) > _MOST_OF_ONE:
        _refuse(f"{path} is larger than any handover pack has it")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(f"{path} is not UTF-8 text")


def _plain(text: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        _refuse("its pack.json is not JSON")
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        _refuse(f"its pack.json does not say that its format is {FORMAT}")
    if value.get("version") != VERSION:
        raise DeskError(
            "pack_invalid",
            f"This handover pack is of version {value.get('version')!r}, and this desk reads version {VERSION}.",
            "Read it on a desk of the same age, or have it written anew.",
        )
    return value


def _pack(index: dict[str, Any], text_of: Any) -> Pack:
    account = _of(index, "account", dict)
    for name in _TEXTS:
        _of(account, name, str)
    for name in _NUMBERS:
        _of(account, name, int)
    _of(account, "four_eyes", bool)
    return Pack(
        made_at=_of(index, "made_at", str),
        account=account,
        signals=_texts(_of(index, "signals", dict), "signals"),
        policies=_of(index, "policies", dict),
        class_rules=tuple(_each(index, "class_rules", dict)),
        match_rules={name: tuple(_strings(rules)) for name, rules in _of(index, "match_rules", dict).items()},
        metrics=tuple(_each(index, "metrics", dict)),
        maps=tuple(_map(item, text_of) for item in _each(index, "maps", dict)),
    )


def _map(item: dict[str, Any], text_of: Any) -> PackedMap:
    name, path = _of(item, "object", str), _of(item, "file", str)
    field_map = load_map(text_of(path))
    if field_map.object != name:
        _refuse(f"{path} maps a {field_map.object}, and pack.json says a {name}")
    return PackedMap(
        name, _of(item, "version", int), _of(item, "status", str), _of(item, "is_used", bool),
        _of(item, "note", str), field_map,
    )  # fmt: skip


def _of(value: Mapping[str, Any], name: str, kind: type) -> Any:
    found = value.get(name)
    if not isinstance(found, kind) or (kind is int and isinstance(found, bool)):
        words = {str: "a text", int: "a whole number", bool: "true or false", dict: "a table", list: "a list"}[kind]
        _refuse(f"`{name}` in its pack.json is not {words}")
    return found


def _each(value: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    found: list[Any] = _of(value, name, list)
    if not all(isinstance(item, kind) for item in found):
        _refuse(f"`{name}` in its pack.json holds something else than it should")
    return found


def _strings(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        _refuse("`match_rules` in its pack.json are not lists of texts")
    return value


def _texts(value: Mapping[str, Any], name: str) -> dict[str, str]:
    if not all(isinstance(item, str) for item in value.values()):
        _refuse(f"`{name}` in its pack.json are not texts")
    return dict(value)


def _refuse(what: str) -> NoReturn:
    raise DeskError("pack_invalid", f"This is no handover pack: {what}.", "Have it written anew with `handover`.")
