"""Hand an account over: everything of it into one file, and out of it a paused account on another desk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.people import Actor, Right
from lib.errors import DeskError
from lib.mapping.handover import Pack, pack_bytes, read_pack
from lib.mapping.masked_sample import masked_sample
from lib.services.loading import match_rows
from lib.services.mapping import map_samples, maps
from lib.services.setup import account_settings, accounts, handover


@dataclass(frozen=True)
class Taken:
    """An account rebuilt out of a pack: what was made, and what this desk must still be told, in sentences."""

    account: str
    made: tuple[str, ...]
    to_fill: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for machines."""
        return {"account": self.account, "made": list(self.made), "to_fill": list(self.to_fill)}


def handover_pack(desk: Desk, actor: Actor, key: str) -> bytes:
    """The handover pack of an account as a zip file; that it was written is in the audit log."""
    pack = desk.do(actor, handover.gather, key)
    samples: dict[str, pd.DataFrame] = {}
    for item in pack.used:
        kept = desk.ask(actor, map_samples.kept_deliveries, key, item.object)
        sources = desk.ask(actor, handover.sample_sources, key, [found.id for found in kept])
        if item.object not in sources:
            continue
        try:
            sample = desk.ask(actor, map_samples.sample_delivery, sources[item.object])
        except DeskError:
            continue  # a file that cannot be read (any more) is no example
        samples[item.object] = masked_sample(sample.frame, item.field_map)
    return pack_bytes(replace(pack, samples=samples))


def take_pack(desk: Desk, actor: Actor, content: bytes, client: str, key: str = "") -> Taken:
    """Rebuild the account of a pack for a client, under its own key or another: paused, its maps submitted.

    All of it or nothing; DeskError `pack_invalid` for what is no pack, `account_exists` where the key is taken.
    """
    actor.require(Right.MANAGE_ACCOUNTS)
    return desk.do(actor, _rebuilt, read_pack(content), client, key)


def _rebuilt(tx: UnitOfWork, pack: Pack, client: str, key: str) -> Taken:
    told, name = pack.account, key or str(pack.account["key"])
    if tx.accounts.is_key_taken(name):
        raise DeskError("account_exists", f"There is an account {name} already.", "Give the new one another --key.")
    found = tx.clients.by_key(client)
    account = accounts.add_account(
        tx,
        name,
        client=client,
        provider=str(told["provider"]),
        owner=tx.actor,
        reason=str(told["reason"]),
        signals=pack.signals,
        destination=str(told["destination"]),
        source_label=str(told["source_label"]),
        second_because=f"It was handed over as {told['key']}.",
    )
    account_settings.set_account(tx, name, handover.settings_of(pack, found.timezone))
    for each, rules in pack.match_rules.items():
        match_rows.set_match_rules(tx, name, each, rules)
    handover.restore_class_rules(tx, name, pack.class_rules)
    for item in pack.used:
        maps.save_map(
            tx, name, item.field_map, f"Map {item.version} of {told['key']}, handed over {pack.made_at[:10]}."
        )
    handover.note_read(tx, name, pack)
    return Taken(name, _made(pack, account.client_name, name), handover.left_to_fill(tx, name, pack))


def _made(pack: Pack, client: str, key: str) -> tuple[str, ...]:
    earlier = len(pack.maps) - len(pack.used)
    matched = sum(bool(rules) for rules in pack.match_rules.values())
    return (
        f"The account {key} of {client}, paused, from the template {pack.account['provider']}.",
        *(
            f"The {item.object.replace('_', ' ')} map, {len(item.field_map.fields)} fields, submitted for approval."
            for item in pack.used
        ),
        *((f"{earlier} other versions of maps stay in the pack.",) if earlier else ()),
        f"{len(pack.class_rules)} class rules, {len(dict(pack.policies.get('reasons', {})))} policies, "
        f"match rules of {matched} objects.",
    )
