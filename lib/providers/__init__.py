"""One file a provider, all of one shape: what the desk knows of it before the first delivery."""

from __future__ import annotations

from lib.domain.providers import ProviderTemplate
from lib.errors import DeskError
from lib.providers.angi import ANGI
from lib.providers.callrail import CALLRAIL
from lib.providers.google_ads import GOOGLE_ADS
from lib.providers.housecall_pro import HOUSECALL_PRO
from lib.providers.jobber import JOBBER
from lib.providers.other import OTHER
from lib.providers.quote_request import QUOTE_REQUEST
from lib.providers.search_console import SEARCH_CONSOLE
from lib.providers.servicetitan import SERVICETITAN
from lib.providers.thumbtack import THUMBTACK

TEMPLATES: dict[str, ProviderTemplate] = {
    item.key: item
    for item in (
        ANGI, SERVICETITAN, QUOTE_REQUEST, GOOGLE_ADS, SEARCH_CONSOLE, CALLRAIL, THUMBTACK, HOUSECALL_PRO, JOBBER, OTHER,
    )
}  # fmt: skip


def template(key: str) -> ProviderTemplate:
    """The template of a provider; DeskError `unknown_provider` lists those there are."""
    try:
        return TEMPLATES[key]
    except KeyError:
        raise DeskError(
            "unknown_provider",
            f"There is no provider called {key!r}.",
            f"Use one of {', '.join(TEMPLATES)}; `other` fits any provider without a template.",
        ) from None
