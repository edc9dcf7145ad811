"""How a provider's API is asked for one object, all of it data: a new provider is a description, never code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import quote

LIST, EXPORT = "list", "export"


class AuthScheme(StrEnum):
    """How a request proves who asks. `oauth2` is the client credentials grant."""

    NONE = "none"
    OAUTH2 = "oauth2"
    TOKEN = "token"  # noqa: S105 - the name of a scheme
    BASIC = "basic"
    QUERY = "query"


class PagingStyle(StrEnum):
    """How the pages of one answer hang together.

    `page` counts them and `offset` the records before them; `next_link` gives the whole address of the next one, `cursor`
    a token that is good for this run, `continuation` one that is kept and goes on another day.
    """

    SINGLE = "single"
    PAGE = "page"
    OFFSET = "offset"
    NEXT_LINK = "next_link"
    CURSOR = "cursor"
    CONTINUATION = "continuation"


class MomentForm(StrEnum):
    """How a moment is written in a query: 2026-03-04T15:02:11Z, its day, or whole seconds since 1970."""

    UTC = "utc"
    DATE = "date"
    EPOCH = "epoch"


@dataclass(frozen=True)
class Auth:
    """How to sign in. A header's value is written by `form`, in which `{secret}` stands for the credential."""

    scheme: AuthScheme = AuthScheme.NONE
    header: str = "Authorization"
    form: str = "Bearer {secret}"
    parameter: str = ""
    token_url: str = ""
    scope: str = ""


@dataclass(frozen=True)
class Paging:
    """The words of a paging style: query parameters (`page`, `size`, `offset`, `token`) and paths into the answer.

    `more` says that there is another page, `pages` how many there are, `total` how many records, `next` the token or the
    address of the next page (`link`: that of the Link header). Where neither says it, a page that is not full is the last.
    """

    style: PagingStyle = PagingStyle.SINGLE
    page: str = "page"
    first_page: int = 1
    size: str = ""
    page_size: int = 0
    offset: str = "offset"
    token: str = ""
    next: str = ""
    more: str = ""
    pages: str = ""
    total: str = ""


@dataclass(frozen=True)
class Span:
    """How a span of time is asked for: its two parameters, the way moments are written, and what date they mean.

    `basis` is created, modified, completed or whatever the provider calls it; `zone` an IANA name or `account`. A last
    day that is asked for as a date is included.
    """

    first: str = ""
    last: str = ""
    form: MomentForm = MomentForm.UTC
    zone: str = "UTC"
    basis: str = "modified"

    @property
    def is_there(self) -> bool:
        """Whether a span can be asked for at all."""
        return bool(self.first)


@dataclass(frozen=True)
class ApiSource:
    """One object of one API.

    `path` may name {tenant}; `records` is the path to the list inside an answer, empty where the answer is the list. Values of
    `headers` and `query` may hold {tenant}, {app_key} and {secret}. `changes` asks for what changed since the last time,
    `range` for a range of days. The first time `first_days` are asked for, later `look_back_days` again, because what
    happened then may have changed or come late. `left_header` and `limit_header` say how many calls are left, of how many.
    """

    object: str
    base_url: str
    path: str
    way: str = LIST
    records: str = ""
    auth: Auth = field(default_factory=Auth)
    headers: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    paging: Paging = field(default_factory=Paging)
    changes: Span = field(default_factory=Span)
    range: Span = field(default_factory=Span)
    look_back_days: int = 2
    first_days: int = 30
    requests_per_minute: int = 0
    timeout_seconds: int = 100
    left_header: str = ""
    limit_header: str = ""

    @property
    def keeps_token(self) -> bool:
        """Whether its cursor is a token of the provider's; otherwise it is a moment."""
        return self.paging.style is PagingStyle.CONTINUATION

    def with_values(self, values: Mapping[str, str]) -> ApiSource:
        """This source with {tenant}, {app_key} and {secret} put in; a tenant is made safe to stand in a path."""

        def put(text: str) -> str:
            for name, value in values.items():
                text = text.replace(f"{{{name}}}", value)
            return text

        return replace(
            self,
            path=self.path.replace("{tenant}", quote(values.get("tenant", ""), safe="")),
            headers={name: put(text) for name, text in self.headers.items()},
            query={name: put(text) for name, text in self.query.items()},
        )

    @property
    def needs(self) -> frozenset[str]:
        """What an account must say for it: of tenant, app_key and secret."""
        texts = (self.path, *self.headers.values(), *self.query.values())
        named = {name for name in ("tenant", "app_key", "secret") if any(f"{{{name}}}" in text for text in texts)}
        return frozenset(named | ({"secret"} if self.auth.scheme is not AuthScheme.NONE else set()))
