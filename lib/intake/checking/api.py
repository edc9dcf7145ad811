"""One page of each object asked of an account's API, and what its answers say: it is there, lets us in, and can be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlsplit

from lib.clock import Clock, Sleep
from lib.domain.api.sources import ApiSource, AuthScheme
from lib.domain.ladder.setup_checks import CheckResult, SetupCheck
from lib.domain.wording import counted
from lib.errors import DeskError
from lib.intake.api.asking import Caller
from lib.intake.api.pages import Page, at, pages
from lib.intake.api.trouble import Refused

BASE_URL, SCOPES, DATA, CLOCK = "base_url", "scopes", "data_page", "clock_skew"
_ROWS, _TRIES, _SECONDS = 5, 2, 20
_FORBIDDEN = 403
# Below this nobody notices; senders of signed webhooks commonly allow five minutes.
_SLIGHT_SKEW = timedelta(seconds=60)
_NOT_THERE = frozenset({"unavailable", "address_moved", "address_unknown"})


@dataclass(frozen=True)
class Asked:
    """One object that was asked for: the first page that came, or what was met instead."""

    source: ApiSource
    page: Page | None = None
    trouble: DeskError | None = None

    @property
    def object(self) -> str:
        """What was asked for."""
        return self.source.object

    @property
    def is_end(self) -> bool:
        """Whether another question would meet the same: nobody answers, or the credential as such is not taken."""
        is_refused = isinstance(self.trouble, Refused) and self.trouble.status != _FORBIDDEN
        return is_refused or self.is_unusable or _code(self) in ("unavailable", "rate_limited")

    @property
    def is_unusable(self) -> bool:
        """Whether nothing was asked at all, because the credential is not of the form this API takes."""
        return _code(self) in ("credential_shape", "secret_missing")

    @property
    def host(self) -> str:
        """Whom it was asked."""
        return urlsplit(self.source.base_url).hostname or self.source.base_url


def first_page(source: ApiSource, secret: str, query: Mapping[str, str], clock: Clock, sleep: Sleep) -> Asked:
    """Ask for a few records; trouble is a value here, since finding it is what a test is for."""
    size = min(source.paging.page_size, _ROWS)
    asked = replace(
        source,
        paging=replace(source.paging, page_size=size),
        timeout_seconds=min(source.timeout_seconds, _SECONDS),
        requests_per_minute=0,
    )
    try:
        with Caller(asked, secret, clock, sleep=sleep, tries=_TRIES) as caller:
            return Asked(source, next(pages(caller, asked, query, most=1)))
    except DeskError as trouble:
        return Asked(source, trouble=trouble)


def api_checks(asked: Sequence[Asked], keys: Mapping[str, str], tolerance: timedelta) -> tuple[SetupCheck, ...]:
    """The four checks of an API; `keys` says by which field a record of an object is known, '' or absent for none.

    `tolerance` is how far the other clock may be from ours before signed webhooks are refused.
    """
    return (_there(asked), _let_in(asked), _readable(asked, keys), _clock(asked, tolerance))


def not_asked(why: str) -> tuple[SetupCheck, ...]:
    """The four checks where there is nothing to ask; the sentence says why."""
    return tuple(SetupCheck(key, CheckResult.NOT_APPLICABLE, why) for key in (BASE_URL, SCOPES, DATA, CLOCK))


def _there(asked: Sequence[Asked]) -> SetupCheck:
    away = [item for item in asked if _code(item) in _NOT_THERE]
    if away:
        trouble = away[0].trouble
        assert trouble is not None
        mend = "Look at pull.base_url, at the network, and whether the provider has an incident."
        hint = mend if trouble.code == "unavailable" else trouble.hint
        objects = f" Asked for: {_names(away)}." if len(away) < len(asked) else ""
        return SetupCheck(BASE_URL, CheckResult.FAILED, trouble.message + objects, hint)
    hosts = ", ".join(dict.fromkeys(item.host for item in asked))
    if any(_code(item) == "rate_limited" for item in asked):
        said = f"{hosts} answers, and says that it was asked too often."
        return SetupCheck(BASE_URL, CheckResult.WARNING, said, "Wait, then test again; look who else uses this key.")
    return SetupCheck(BASE_URL, CheckResult.PASSED, f"{hosts} answers.")


def _let_in(asked: Sequence[Asked]) -> SetupCheck:
    if all(item.source.auth.scheme is AuthScheme.NONE for item in asked):
        return SetupCheck(SCOPES, CheckResult.NOT_APPLICABLE, "This API is asked without signing in.")
    refused = [item for item in asked if isinstance(item.trouble, Refused)]
    heard = [item for item in asked if item.page is not None or _code(item) not in {*_NOT_THERE, "rate_limited"}]
    if not heard:
        return SetupCheck(SCOPES, CheckResult.NOT_APPLICABLE, "Not looked at, since nothing answered.")
    if not refused:
        return SetupCheck(SCOPES, CheckResult.PASSED, f"The credential may read {_names(heard)}.")
    first = refused[0].trouble
    assert isinstance(first, Refused)
    if first.status != _FORBIDDEN:
        return SetupCheck(SCOPES, CheckResult.FAILED, first.message, first.hint)
    said = f"The credential may not read {_names(refused)} (403)"
    may = [item for item in heard if item not in refused]
    said += f"; it may read {_names(may)}." if may else "."
    return SetupCheck(SCOPES, CheckResult.FAILED, said, "Give it these scopes at the provider, then test again.")


def _readable(asked: Sequence[Asked], keys: Mapping[str, str]) -> SetupCheck:
    heard = [item for item in asked if item.page is not None]
    broken = [item for item in asked if item.trouble is not None and _is_about_data(item)]
    if broken:
        trouble = broken[0].trouble
        assert trouble is not None
        return SetupCheck(DATA, CheckResult.FAILED, f"{broken[0].object}: {trouble.message}", trouble.hint)
    for item in heard:
        if (wrong := _unreadable(item, keys.get(item.object, ""))) is not None:
            return wrong
    if not heard:
        return SetupCheck(DATA, CheckResult.NOT_APPLICABLE, "Not looked at, since no page came.")
    told = ", ".join(f"{counted(_rows(item), 'record')} of {item.object.replace('_', ' ')}" for item in heard)
    if not any(map(_rows, heard)):
        said = f"A page came and can be read, but there is nothing on it ({told})."
        mend = "Where there should be something, look at the range of days and at what the credential may see."
        return SetupCheck(DATA, CheckResult.WARNING, said, mend)
    return SetupCheck(DATA, CheckResult.PASSED, f"One page of each was read: {told}.")


def _unreadable(item: Asked, key: str) -> SetupCheck | None:
    records = item.page.records if item.page else []
    if not all(isinstance(record, dict) for record in records):
        mend = "Say with `records` of its source where the list of records stands."
        return SetupCheck(DATA, CheckResult.FAILED, f"{item.object}: what came are no records with fields.", mend)
    without = sum(at(record, key) in (None, "") for record in records) if key else 0
    if not without:
        return None
    said = f"{item.object}: {counted(without, 'record')} of {len(records)} without {key}, by which each is known."
    return SetupCheck(DATA, CheckResult.FAILED, said, "Look at the source's path, or map another field to the id.")


def _clock(asked: Sequence[Asked], tolerance: timedelta) -> SetupCheck:
    told = [item for item in asked if item.page is not None and item.page.answer.skew is not None]
    if not told:
        return SetupCheck(CLOCK, CheckResult.NOT_APPLICABLE, "Nobody told what time it is there.")
    page = told[0].page
    assert page is not None and page.answer.skew is not None
    skew = page.answer.skew
    if abs(skew) < _SLIGHT_SKEW:
        return SetupCheck(CLOCK, CheckResult.PASSED, f"The clock of {told[0].host} agrees with this desk's.")
    seconds = abs(round(skew.total_seconds()))
    said = f"The clock of {told[0].host} is {seconds:,} seconds {'ahead of' if skew > timedelta() else 'behind'} ours."
    result = CheckResult.FAILED if abs(skew) > tolerance else CheckResult.WARNING
    return SetupCheck(CLOCK, result, said, "Let this machine take its time from a time server; if it does, tell them.")


def _is_about_data(item: Asked) -> bool:
    return _code(item) not in {*_NOT_THERE, "rate_limited"} and not isinstance(item.trouble, Refused)


def _rows(item: Asked) -> int:
    return len(item.page.records) if item.page else 0


def _code(item: Asked) -> str:
    return item.trouble.code if item.trouble else ""


def _names(asked: Sequence[Asked]) -> str:
    return ", ".join(item.object.replace("_", " ") for item in asked)
