"""Turns the body of a webhook into rows: parsed, without its secrets, one record each, lists of answers as fields."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qsl

import orjson
from python_multipart import create_form_parser
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import Field, File

from lib.domain.hooks import REFUSED_KEY, ROW_RECEIVED_AT, Sender
from lib.errors import DeskError
from lib.intake.json_text import JsonReader, cell_text
from lib.intake.unfolding import at, spread, unfolded

_MOST_FIELDS, _MOST_RECORDS = 2_000, 1_000
_LONGEST_KEY, _LONGEST_EVENT = 180, 100
# A shorter one may stand in any text by chance.
_SHORTEST_SECRET = 8


@dataclass(frozen=True)
class HookRow:
    """One record of a webhook: what tells it from others, its event, and its fields as they will be read, as JSON too."""

    key: str
    event: str
    fields: dict[str, Any]
    text: bytes
    content_hash: str

    def line(self, received_at: datetime) -> bytes:
        """The row as a line of JSON that says when it came in, unless the sender's own field of that name does."""
        if ROW_RECEIVED_AT in self.fields:
            return self.text
        return b'{"%s":"%s",%s' % (ROW_RECEIVED_AT.encode(), received_at.isoformat().encode(), self.text[1:])


def parsed_body(content_type: str, body: bytes) -> Any:
    """The value of a body: JSON (numbers as they were written), a form, or a multipart form.

    DeskError `unsupported_body` for any other kind, `invalid_body` where it is not what it says.
    """
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        return _form(body)
    if kind == "multipart/form-data":
        return _multipart(content_type, body)
    is_json = kind in ("application/json", "text/json") or kind.endswith("+json")
    if is_json or (kind in ("", "text/plain") and body.lstrip()[:1] in (b"{", b"[")):
        return _json(body)
    raise DeskError("unsupported_body", "A webhook's body is JSON or a form.", "Send it as application/json.")


def rows_of(
    sender: Sender,
    headers: Mapping[str, str],
    value: Any,
    secret_fields: frozenset[str],
    secrets: Collection[str] = (),
) -> list[HookRow]:
    """The records of a parsed body, in their order; DeskError `invalid_body` where it holds none.

    Fields called as one of `secret_fields` (in small letters) are taken out at any depth, and so are texts in which one of
    the account's own `secrets` stands: some senders repeat their key wherever their form has room for it.
    """
    known = tuple(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)
    try:
        records = _records(sender, _without(_with_parsed(value, sender.parsed), secret_fields, known))
        message = headers.get(sender.id_header.lower(), "") if sender.id_header else ""
        return [_row(sender, record, message, place) for place, record in enumerate(records)]
    except RecursionError:
        raise _invalid("its values nest too deep") from None


def _records(sender: Sender, value: Any) -> list[dict[str, Any]]:
    wholes = value if isinstance(value, list) else [value]
    records = list(islice((record for whole in wholes for record in spread(whole, sender.each)), _MOST_RECORDS + 1))
    if len(records) > _MOST_RECORDS:
        raise _invalid(f"it holds more than {_MOST_RECORDS:,} records")
    if not records or not all(isinstance(record, dict) and record for record in records):
        raise _invalid("it holds no object with fields")
    return records


def _row(sender: Sender, record: dict[str, Any], message: str, place: int) -> HookRow:
    fields = unfolded(record, sender.unfolds)
    text = _text(fields)
    content = hashlib.sha256(text).hexdigest()
    event = cell_text(at(record, sender.event_path)) or "" if sender.event_path else ""
    # The records of one message are told apart by their place in it.
    key = (f"{message}#{place}" if place else message) if message else _key(sender, record, content)
    return HookRow(_sound_key(key), event[:_LONGEST_EVENT], fields, text, content)


def _key(sender: Sender, record: dict[str, Any], content: str) -> str:
    parts = []
    for path in sender.key_paths:
        names = path.removesuffix("?").split("|")
        found = next((text for text in (cell_text(at(record, name)) for name in names) if text), "")
        if not found and not path.endswith("?"):
            return content
        parts.append(found)
    if sender.is_keyed_with_content or not parts:
        parts.append(content)
    return " ".join(parts)


def _sound_key(key: str) -> str:
    """The key as it is where it fits its column and looks like nothing of the desk's own, else its hash."""
    if len(key) <= _LONGEST_KEY and key.isprintable() and not key.startswith(REFUSED_KEY):
        return key
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _text(value: dict[str, Any]) -> bytes:
    return (cell_text(value) or "").encode()


def _json(body: bytes) -> Any:
    try:
        return JsonReader().read(body)
    except orjson.JSONDecodeError:
        raise _invalid("it is not valid JSON") from None
    except DeskError:
        raise _invalid("its values nest too deep") from None


def _form(body: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise _invalid("it is no form") from None
    return _gathered(pairs)


def _multipart(content_type: str, body: bytes) -> dict[str, Any]:
    pairs: list[tuple[str, str]] = []

    def on_field(field: Field) -> None:
        if len(pairs) >= _MOST_FIELDS:
            raise FormParserError("too many fields")
        pairs.append(
            ((field.field_name or b"").decode("utf-8", "replace"), (field.value or b"").decode("utf-8", "replace"))
        )

    def on_file(file: File) -> None:
        # Of a file that came along its name is kept: what it holds is no field.
        name = (file.field_name or b"").decode("utf-8", "replace")
        pairs.append((name, (file.file_name or b"").decode("utf-8", "replace")))
        file.close()

    try:
        parser = create_form_parser({"Content-Type": content_type.encode()}, on_field, on_file)
        parser.write(body)
        parser.finalize()
    except (FormParserError, ValueError):
        raise _invalid("it is no form") from None
    return _gathered(pairs)


def _gathered(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """A form as an object; a name that stands there twice holds a list."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def _with_parsed(value: Any, names: tuple[str, ...]) -> Any:
    """The body with fields that hold JSON as text turned into what they say; one that does not stays text."""
    if not names or not isinstance(value, dict):
        return value
    changed = dict(value)
    for name in names:
        if isinstance(changed.get(name), str):
            try:
                changed[name] = JsonReader().read(changed[name].encode())
            except (orjson.JSONDecodeError, DeskError):
                continue
    return changed


def _without(value: Any, names: frozenset[str], secrets: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {
            key: _without(item, names, secrets)
            for key, item in value.items()
            if key.lower() not in names and not _tells(item, secrets)
        }
    if isinstance(value, list):
        return [_without(item, names, secrets) for item in value if not _tells(item, secrets)]
    return value


def _tells(value: Any, secrets: tuple[str, ...]) -> bool:
    return isinstance(value, str) and any(secret in value for secret in secrets)


def _invalid(why: str) -> DeskError:
    return DeskError("invalid_body", f"This body cannot be taken: {why}.", "Send one JSON object, or a form.")
