"""An account of each provider, taken from an empty desk to live by command lines alone, as somebody would type them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.clock import utc_now
from lib.domain.providers import ObjectTemplate, ProviderTemplate
from lib.providers import TEMPLATES
from lib.settings import load_settings
from tests.hooking import SECRET
from tests.ready_made import made_ready
from tests.standins import CallRail, Ledger, ServiceTitan
from tests.standins import callrail as cr
from tests.standins import servicetitan as st
from tests.terminal import Terminal

ANA = "ana@example.com"
BY = ("--by", ANA)
BEFORE = ("--from", "2026-03-01", "--to", "2026-03-14")
AFTER = ("--from", "2026-04-01", "--to", "2026-04-14")
WHOLE = ("--from", "2026-03-01", "--to", "2026-04-14")
# What fourteen records like the template's example come to, metric by metric, as the client reads it.
LEADS = {"paid_leads": "14 leads"}
JOBS = {"jobs": "14 jobs", "completed_jobs": "14 jobs", "job_value": "$26,936.00"}
READ = {
    "angi": LEADS | {"lead_fees": "$441.00", "cost_per_lead": "$31.50 per lead"},
    "servicetitan": {"booked_calls": "14 calls", "completed_jobs": "14 jobs", "revenue": "$26,936.00"},
    "quote_request": {"quote_requests": "14 requests", "accepted_quotes": "0 requests", "accepted_share": "0 %"},
    "google_ads": {"clicks": "574 clicks", "cost": "$732.20", "cost_per_click": "$1.28 per click"},
    "search_console": {"clicks": "168 clicks", "position": "4.2 places per appearance"},
    "callrail": {"calls": "14 calls", "good_leads": "14 calls"},
    "thumbtack": LEADS | {"lead_fees": "$350.00", "cost_per_lead": "$25.00 per lead"},
    "housecall_pro": JOBS,
    "jobber": JOBS,
}


def the_days() -> Iterator[date]:
    """A fortnight before and a fortnight after."""
    for first in (date(2026, 3, 1), date(2026, 4, 1)):
        yield from (first + timedelta(days=number) for number in range(14))


def at(payload: dict[str, Any], path: str) -> tuple[dict[str, Any], str] | None:
    """Where a dotted path ends in a payload, None where it does not lead anywhere."""
    *names, last = path.split(".")
    for name in names:
        payload = payload.get(name, {})
    return (payload, last) if last in payload else None


def like(offered: ObjectTemplate, number: int, day: date) -> dict[str, Any]:
    """The example once more, as another record of another day."""
    dated = re.sub(r"2026-\d\d-\d\d", day.isoformat(), json.dumps(offered.example))
    payload: dict[str, Any] = json.loads(dated)
    keys = [offered.key] if offered.key else list(offered.synonyms.get("external_id", ()))
    for path in (*keys, *offered.synonyms.get("group_id", ())):
        if place := at(payload, path):
            held, name = place
            held[name] = held[name] + number if isinstance(held[name], int) else f"{held[name]}{number}"
    return payload


def a_file(folder: Path, name: str, offered: ObjectTemplate, days: list[date]) -> Path:
    """What the provider would send of these days, a record a line."""
    path = folder / f"{name}.jsonl"
    lines = [json.dumps(like(offered, number, day)) for number, day in enumerate(days, start=1)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def of_late() -> Ledger:
    """Some records of the last hours, for an API to show."""
    ledger = Ledger([])
    # A bundle of a call has an id of its own, and the call in it another.
    ledger.details = lambda change, _made: {"leadCall": {"id": change.number}}
    for number in range(3):
        ledger.add(utc_now() - timedelta(hours=number), number)
    return ledger


@contextmanager
def way_in(offered: ProviderTemplate) -> Iterator[list[str]]:
    """What the account says of the way in: an API that answers on this machine, a webhook's secret, or a reference alone."""
    if offered.key == "callrail":
        with CallRail(of_late()) as up:
            yield ["credential_ref=env:RAIL_KEY", f"pull.base_url={up.url}", f"pull.tenant={cr.ACCOUNT}"]
    elif offered.key == "servicetitan":
        with ServiceTitan(dict.fromkeys(("job", "call", "invoice"), of_late())) as up:
            yield [
                "credential_ref=env:TITAN_CREDENTIAL", "pull.app_key_ref=env:TITAN_APP_KEY", f"pull.tenant={st.TENANT}",
                f"pull.base_url={up.url}", f"pull.token_url={up.url}/connect/token",
            ]  # fmt: skip
    else:
        yield ["webhook_secret=env:HOOK_SECRET" if offered.sender else "credential_ref=env:REFRESH_TOKEN"]


@pytest.fixture
def desk(tmp_path: Path) -> Terminal:
    """The command line of an empty desk on this machine."""
    terminal = Terminal(
        tmp_path, RAIL_KEY=cr.KEY, TITAN_CREDENTIAL=f"{st.CLIENT}:{st.SECRET}", TITAN_APP_KEY=st.APP_KEY,
        HOOK_SECRET=SECRET, REFRESH_TOKEN="the value of a token",
    )  # fmt: skip
    made_ready(load_settings(terminal.environ))
    return terminal


def test_every_provider_is_taken_there() -> None:
    assert set(READ) == set(TEMPLATES) - {"other"}


def test_what_is_known_of_a_provider_is_told_before_it_is_connected(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path)
    assert [item["key"] for item in terminal.json("providers")] == list(TEMPLATES)
    assert "thumbtack       lead (Marketplace leads, paid)" in terminal.ok("providers")
    assert terminal.refused("providers", "thumbtax")["code"] == "unknown_provider"
    told, words = terminal.json("providers", "thumbtack"), terminal.ok("providers", "thumbtack")
    assert (told["base_url"], told["proposed"]["promised"]) == (
        "https://api.thumbtack.com", "paid_leads,lead_fees,cost_per_lead",
    )  # fmt: skip
    assert all(text in words for text in (told["screen"], told["rate_limits"], *told["known_failures"]))


# One of each way in: an API, a webhook, and a reference alone. The other providers go the same way, in `make prove`.
WAYS_IN = ("callrail", "quote_request", "search_console")


@pytest.mark.parametrize(
    "provider",
    [pytest.param(provider, marks=() if provider in WAYS_IN else pytest.mark.prove) for provider in READ],
)
def test_from_nothing_to_live(desk: Terminal, tmp_path: Path, provider: str) -> None:
    offered = TEMPLATES[provider]
    with way_in(offered) as settings:
        set_up(desk, offered, settings)
        assert desk.refused("account", "promote", "it", *BY)["code"] == "gates_missing"
        objects = {item.key: item.object for item in offered.metrics}
        for name in dict.fromkeys(objects[key] for key in offered.default_metrics):
            mapped_and_tested(desk, tmp_path, offered.object(name))
            let_in_and_compared_by_eye(desk, tmp_path, offered.object(name))
        for key in offered.default_metrics:
            explained(desk, f"it.{key}")
        assert desk.json("account", "test", "it", *BY)["outcome"] == "passed"
    assert lacking(desk) == ["watch_owner"]
    desk.ok("account", "accept", "it", "watch_owner", *BY, "--text", "Ana gets the tasks and looks every morning.")
    desk.ok("account", "promote", "it", *BY)
    for number, _ in enumerate(offered.default_metrics, start=1):
        desk.ok("statement", "publish", number, *BY)
    cards = [card for card, _ in desk.json("portal", "acme")["cards"]]
    assert {card["metric"].removeprefix("it."): card["current"] for card in cards} == READ[provider]
    assert {card["source"] for card in cards} == {offered.source_label}
    stands = desk.json("account", "ladder", "it")
    assert (stands["status"], stands["live"]) == ("live", True)
    assert all(gate["holds"] for rung in stands["rungs"] for gate in rung["gates"])


def lacking(desk: Terminal) -> list[str]:
    """The gates that keep it from going live."""
    rungs = desk.json("account", "ladder", "it")["rungs"]
    return [gate["gate"] for rung in rungs for gate in rung["gates"] if gate["blocking"] and not gate["holds"]]


def set_up(desk: Terminal, offered: ProviderTemplate, settings: list[str]) -> None:
    """People, client and account; what the template proposes is taken over by its owner, and the account resumed."""
    desk.ok("user", "add", ANA, "--role", "owner")
    desk.ok("client", "add", "acme", "--name", "Acme Plumbing", "--timezone", "America/Denver")
    who = ("--client", "acme", "--provider", offered.key, "--owner", ANA)
    desk.ok("account", "add", "it", *who, "--reason", "It is reported every month.")
    proposed = desk.json("providers", offered.key)["proposed"]
    desk.ok("account", "set", "it", *settings, *(f"{name}={text}" for name, text in proposed.items()), *BY)
    desk.ok("account", "resume", "it", *BY)
    desk.ok("account", "accept", "it", "documentation", *BY, "--link", offered.documentation[0])
    desk.ok("account", "accept", "it", "access", *BY, "--text", "Ana signed in and saw the list.")


def mapped_and_tested(desk: Terminal, folder: Path, offered: ObjectTemplate) -> None:
    """A map by the desk's own suggestion, and a small test import that is looked over and accepted."""
    of, few = ("--account", "it", "--object", offered.object), list(the_days())[:4]
    sample, out = a_file(folder, f"{offered.object}_test", offered, few), folder / f"{offered.object}.yaml"
    desk.ok("map", "suggest", sample, *of, "--out", out)
    version = desk.json("map", "save", out, "--account", "it", *BY)["version"]
    desk.ok("map", "approve", *of, "--version", version, *BY)
    load = desk.json("import", sample, *of, "--test", *BY)
    assert load["verdicts"]["created"] == len(few), load
    desk.ok("approve", load["load"], *BY)


def let_in_and_compared_by_eye(desk: Terminal, folder: Path, offered: ObjectTemplate) -> None:
    """A whole file goes in, and drawn rows of it are held against the provider's own screen."""
    file = a_file(folder, offered.object, offered, list(the_days()))
    load = desk.json("import", file, "--account", "it", "--object", offered.object, *WHOLE, *BY)["load"]
    desk.ok("approve", load, *BY)
    assert len(desk.json("account", "qa", "it", "--load", load)["rows"]) == 5
    desk.ok("account", "qa-record", "it", "--load", load, "--agrees", *BY)


def explained(desk: Terminal, metric: str) -> None:
    """A baseline of the fortnight before, and a reviewed sentence on the fortnight after."""
    reason = "It is the first month that is told."
    baseline = desk.json("baseline", "capture", "acme", metric, *BEFORE, *BY, "--reason", reason)["baseline"]
    draft = desk.json("statement", "write", "acme", metric, "--baseline", baseline, *AFTER, *BY)
    desk.ok("statement", "review", draft["id"], *BY)
