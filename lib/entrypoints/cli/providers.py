"""`providers`: what the templates know of each provider, and what they propose to whoever connects it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

import typer

from lib.domain.objects import object_type
from lib.domain.providers import ObjectTemplate, ProviderTemplate
from lib.entrypoints.cli.output import answer
from lib.entrypoints.cli.session import Json
from lib.providers import TEMPLATES, template

# The template's field, and what a person calls it.
_FACTS = {
    "auth_model": "Signing in",
    "base_url": "Address",
    "paging": "Pages",
    "rate_limits": "Limits",
    "times": "Times",
    "retry_rules": "Tries",
}
# The template's field, and the setting of an account that it proposes a text for.
PROPOSED = {
    "promise": "public_promise",
    "failure_path": "failure_path",
    "manual_fallback": "manual_fallback",
    "rollback_note": "rollback_note",
}


def providers(
    key: Annotated[str | None, typer.Argument(metavar="KEY", help="One provider; all of them by default.")] = None,
    is_json: Json = False,
) -> None:
    """Say what is known of each provider before it is connected, and what is proposed for an account of it."""
    if key is None:
        found = [_short(item) for item in TEMPLATES.values()]
        answer(found, is_json=is_json, words=lambda: "\n".join(f"{item['key']:15} {item['sends']}" for item in found))
        return
    chosen = template(key)
    answer(_value(chosen), is_json=is_json, words=lambda: _words(chosen))


def _short(item: ProviderTemplate) -> dict[str, Any]:
    sends = "; ".join(f"{_named(each)} ({each.signal.words})" for each in item.objects)
    return {"key": item.key, "name": item.name, "source_label": item.source_label, "sends": sends}


def _value(item: ProviderTemplate) -> dict[str, Any]:
    """The template as plain values; `proposed` are settings of an account, as `account set` takes them."""
    plain = ("key", "name", "source_label", "destination", "destination_reason", "auth_scopes", "currency", "sender")
    return {
        **{name: getattr(item, name) for name in (*plain, *_FACTS, "freshness_hours", "retention_days", "screen")},
        "objects": [_object(each) for each in item.objects],
        "metrics": [asdict(metric) for metric in item.metrics],
        "proposed": _proposed(item),
        "known_failures": item.known_failures,
        "documentation": item.documentation,
    }


def _proposed(item: ProviderTemplate) -> dict[str, str]:
    texts = {setting: str(getattr(item, name)) for name, setting in PROPOSED.items()}
    return {**texts, "promised": ",".join(item.default_metrics)}


def _object(item: ObjectTemplate) -> dict[str, Any]:
    plain = ("object", "key", "identity", "money_unit", "cents", "timezone", "day_order", "value_maps", "example")
    return {
        **{name: getattr(item, name) for name in plain},
        "signal": item.signal.signal,
        "paid": item.signal.paid,
        "is_signal_assumed": item.is_signal_assumed,
        "database": object_type(item.object).destination,
    }


def _words(item: ProviderTemplate) -> str:
    facts = [f"{said}: {text}" for name, said in _FACTS.items() if (text := getattr(item, name))]
    metrics = {metric.key: metric.label for metric in item.metrics}
    return "\n".join(
        [
            f"{item.name}, shown as {item.source_label}, into the {item.destination} database. {item.destination_reason}",
            f"Sends {_short(item)['sends']}.",
            f"Counts {', '.join(metrics.values())}; first {', '.join(metrics[key] for key in item.default_metrics)}.",
            *facts,
            f"Compare rows at: {item.screen}",
            "Proposed, for its owner to write:",
            *(f"  {name}={text}" for name, text in _proposed(item).items()),
            "Known to mislead:",
            *(f"  {text}" for text in item.known_failures),
            *item.documentation,
        ]
    )


def _named(item: ObjectTemplate) -> str:
    return item.object.replace("_", " ")


def add_to(root: typer.Typer) -> None:
    """Put this command on the command line."""
    root.command("providers")(providers)
