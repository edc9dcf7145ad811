"""An API source as a person writes it down, as plain values of a YAML file: read, looked through, and written again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from typing import Any, get_type_hints
from urllib.parse import urlsplit

from lib.clock import zone
from lib.domain.api.sources import EXPORT, LIST, ApiSource, AuthScheme, PagingStyle
from lib.domain.objects import OBJECTS
from lib.errors import DeskError

_HOLDER = re.compile(r"\{([^{}]*)\}")
_HOLDERS = frozenset({"tenant", "app_key", "secret"})
# A value under such a name is a secret, which a description never holds itself (R20).
_SECRET_NAME = re.compile(r"key|token|secret|auth|passw|credential", re.IGNORECASE)
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def read_source(values: Any, name: str = "") -> ApiSource:
    """The source that plain values describe; DeskError `source_invalid` says every mistake, one sentence each."""
    if not isinstance(values, Mapping):
        raise _invalid(["A source is a list of NAME: VALUE lines."])
    mistakes: list[str] = []
    told = {"object": name, **values} if name else dict(values)
    found = _read(ApiSource, told, "", mistakes)
    if not mistakes:
        mistakes = [*_mistakes(found)]
    if name and told["object"] != name:
        mistakes.append(f"It says that it is of {told['object']}, and it was given for {name}.")
    if mistakes:
        raise _invalid(mistakes)
    source: ApiSource = found
    return source


def source_values(source: ApiSource) -> dict[str, Any]:
    """The source as plain values, without what is at its default."""
    return _differing(source)


def is_safe_address(url: str) -> bool:
    """Whether credentials may be sent there: https, or http on this very machine; with no name and no query in it."""
    try:
        parts = urlsplit(url)
        is_own = parts.scheme == "http" and parts.hostname in _LOOPBACK
        return bool(parts.hostname) and (parts.scheme == "https" or is_own) and not (parts.username or parts.query)
    except ValueError:
        return False


def _invalid(mistakes: list[str]) -> DeskError:
    hint = "`source show` shows one that is whole; the names are those of its lines."
    return DeskError("source_invalid", " ".join(mistakes), hint)


def _read(kind: type[Any], values: Mapping[str, Any], place: str, mistakes: list[str]) -> Any:
    """A dataclass of plain values, enums, texts by name and further dataclasses; what does not fit is noted."""
    hints, given = get_type_hints(kind), {}
    for name, value in values.items():
        if name not in hints:
            mistakes.append(f"There is no {place}{name}; there are {', '.join(hints)}.")
        else:
            given[name] = _value(hints[name], value, f"{place}{name}", mistakes)
    needed = [item.name for item in fields(kind) if item.name in ("object", "base_url", "path") and not place]
    mistakes.extend(f"{name} is missing." for name in needed if name not in given)
    return None if mistakes else kind(**given)


def _value(hint: Any, value: Any, name: str, mistakes: list[str]) -> Any:
    if is_dataclass(hint) and isinstance(value, Mapping):
        return _read(hint, value, f"{name}.", mistakes)  # type: ignore[arg-type]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        if value in list(hint):
            return hint(value)
        mistakes.append(f"{name} is {value!r}; it is one of {', '.join(hint)}.")
    elif hint is int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        mistakes.append(f"{name} is {value!r}; it is a whole number.")
    elif hint is str:
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
        mistakes.append(f"{name} must be text.")
    elif isinstance(value, Mapping) and not is_dataclass(hint):
        return {
            str(key): ("true" if item is True else "false" if item is False else str(item))
            for key, item in value.items()
        }
    else:
        mistakes.append(f"{name} holds lines of NAME: VALUE.")
    return None


def _mistakes(source: ApiSource) -> Iterator[str]:
    if source.object not in OBJECTS:
        yield f"There is no object {source.object!r}; there are {', '.join(OBJECTS)}."
    if source.way not in (LIST, EXPORT):
        yield f"way is {source.way!r}; it is {LIST} or {EXPORT}."
    for name, url in (("base_url", source.base_url), ("auth.token_url", source.auth.token_url)):
        if (url or name == "base_url") and not is_safe_address(url):
            yield f"{name} must begin with https:// and name a server, without a name, a password or a question mark."
    if not source.path.startswith("/") or "?" in source.path:
        yield "path must begin with / and hold no question mark: what stands behind one belongs under query."
    yield from _holders(source)
    yield from _auth(source)
    yield from _paging(source)
    for name in ("changes", "range"):
        if (asked := getattr(source, name).zone) not in ("account", "UTC"):
            try:
                zone(asked)
            except DeskError as trouble:
                yield f"{name}.zone: {trouble.message}"


def _holders(source: ApiSource) -> Iterator[str]:
    for part, values in (("headers", source.headers), ("query", source.query), ("path", {"": source.path})):
        for name, text in values.items():
            unknown = set(_HOLDER.findall(text)) - _HOLDERS
            if unknown:
                yield f"{part} names {{{min(unknown)}}}; there are {{tenant}}, {{app_key}} and {{secret}}."
            if part != "path" and _SECRET_NAME.search(name) and not _HOLDER.search(text):
                # What was written is not repeated: it may be the secret itself.
                yield f"{part}.{name} must be {{secret}} or {{app_key}}: a source holds no secret itself."


def _auth(source: ApiSource) -> Iterator[str]:
    auth = source.auth
    if auth.scheme is AuthScheme.QUERY and not auth.parameter:
        yield "auth.parameter is missing: under which name does the key stand in the query?"
    if auth.scheme is AuthScheme.OAUTH2 and not auth.token_url:
        yield "auth.token_url is missing: where is a token fetched?"
    if auth.scheme is AuthScheme.TOKEN and "{secret}" not in auth.form:
        yield "auth.form must hold {secret}, where the credential goes."


def _paging(source: ApiSource) -> Iterator[str]:
    paging = source.paging
    if paging.style in (PagingStyle.PAGE, PagingStyle.OFFSET) and not paging.page_size:
        yield "paging.page_size is missing: how many records does a whole page hold?"
    if paging.style in (PagingStyle.CURSOR, PagingStyle.CONTINUATION) and not (paging.token and paging.next):
        yield "paging.token and paging.next are due: the parameter that takes the token, and where an answer holds it."
    if paging.style is PagingStyle.NEXT_LINK and not paging.next:
        yield "paging.next is missing: where does an answer hold the address of the next page? `link` is its header."
    if paging.style is PagingStyle.CONTINUATION and not source.changes.is_there:
        yield "changes.first is missing: which parameter takes the date from which an export begins?"


def _differing(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for item in fields(value):
        now = getattr(value, item.name)
        inner = _differing(now) if is_dataclass(now) else str(now) if isinstance(now, StrEnum) else now
        is_plain = inner == {} if is_dataclass(now) else now == item.default or (now == {} and isinstance(now, dict))
        if not is_plain:
            found[item.name] = inner
    return found
