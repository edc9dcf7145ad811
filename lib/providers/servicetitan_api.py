"""How ServiceTitan's API is asked, object by object: lists by date of change or creation, and exports that go on from a token.

Paths and parameters: its OpenAPI documents (jpm, telecom, crm, accounting, marketing v2). Lists are taken unless an account
says `pull.way=export`: an export may give a record another shape than the list does, and holds deleted entries too.
"""

from __future__ import annotations

from dataclasses import replace

from lib.domain.api.sources import EXPORT, ApiSource, Auth, AuthScheme, Paging, PagingStyle, Span

_AUTH = Auth(AuthScheme.OAUTH2, token_url="https://auth.servicetitan.io/connect/token")  # noqa: S106 - an address
_PAGES = Paging(
    PagingStyle.PAGE, page="page", size="pageSize", page_size=500, more="hasMore", total="totalCount"
)  # fmt: skip
_ON_AND_ON = Paging(PagingStyle.CONTINUATION, token="from", next="continueFrom", more="hasMore")  # noqa: S106 - a name


def _list(name: str, path: str, **query: str) -> ApiSource:
    return ApiSource(
        object=name,
        base_url="https://api.servicetitan.io",
        path=path,
        records="data",
        auth=_AUTH,
        headers={"ST-App-Key": "{app_key}"},
        # By id, so that what is changed meanwhile does not move, and nothing slips between two pages.
        query={"includeTotal": "true", "sort": "+Id", **query},
        paging=_PAGES,
        changes=Span("modifiedOnOrAfter", basis="modified"),
        range=Span("createdOnOrAfter", "createdBefore", zone="account", basis="created"),
        # Sixty a second by third parties' word; so many are enough, and leave the tenant's other apps alone.
        requests_per_minute=600,
    )


def _export(source: ApiSource, path: str) -> ApiSource:
    span = Span("from", basis="modified")
    return replace(source, way=EXPORT, path=path, query={}, paging=_ON_AND_ON, changes=span, range=Span())


_JOBS = _list("job", "/jpm/v2/tenant/{tenant}/jobs")
_CALLS = _list("call", "/telecom/v2/tenant/{tenant}/calls")
_BOOKINGS = _list("booking", "/crm/v2/tenant/{tenant}/bookings")
_LEADS = _list("lead", "/crm/v2/tenant/{tenant}/leads")
_INVOICES = _list("invoice", "/accounting/v2/tenant/{tenant}/invoices")
# The list leaves inactive ones out unless they are asked for: an archived campaign, a customer merged into another.
_CUSTOMERS = _list("customer", "/crm/v2/tenant/{tenant}/customers", active="Any")
_CAMPAIGNS = _list("campaign", "/marketing/v2/tenant/{tenant}/campaigns", active="Any")

SOURCES = (
    _JOBS,
    _CALLS,
    _BOOKINGS,
    _LEADS,
    _INVOICES,
    _CUSTOMERS,
    _CAMPAIGNS,
    _export(_JOBS, "/jpm/v2/tenant/{tenant}/export/jobs"),
    _export(_CALLS, "/telecom/v2/tenant/{tenant}/export/calls"),
    _export(_BOOKINGS, "/crm/v2/tenant/{tenant}/export/bookings"),
    _export(_LEADS, "/crm/v2/tenant/{tenant}/export/leads"),
    _export(_INVOICES, "/accounting/v2/tenant/{tenant}/export/invoices"),
    _export(_CUSTOMERS, "/crm/v2/tenant/{tenant}/export/customers"),
)
