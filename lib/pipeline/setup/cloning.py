"""Set an account up like another one, for another client: what was learned of the provider goes along, nothing of a client."""

from __future__ import annotations

from dataclasses import dataclass

from lib.db.unit_of_work import Desk, UnitOfWork
from lib.domain.accounts import Account
from lib.domain.people import Actor
from lib.errors import DeskError
from lib.mapping.handover import Pack
from lib.pipeline.setup.handover import Taken
from lib.services.loading import match_rows
from lib.services.mapping import maps
from lib.services.setup import account_settings, accounts, handover

# What one client was told, and the keys to what is theirs, are not another's.
_NOT_TAKEN = frozenset(
    {"source_label", "credential_ref", "webhook_secret", "public_promise", "promised", "auth_expires_on"}
)


@dataclass(frozen=True)
class Wanted:
    """The new account; its owner and reason are those of the other where none is given."""

    key: str
    client: str
    owner: str | None = None
    reason: str = ""
    second_because: str = ""


def clone_account(desk: Desk, actor: Actor, key: str, wanted: Wanted) -> Taken:
    """The new account, paused, with its maps submitted for approval: all of it or nothing.

    Settings, signals, policies, match rules and maps are taken over, and how webhooks are proved. References to secrets,
    how it is fetched, what the client was promised, class rules (they name people of the client), evidence and data are not.
    """
    return desk.do(actor, _cloned, key, wanted)


def _cloned(tx: UnitOfWork, key: str, wanted: Wanted) -> Taken:
    pack = handover.contents(tx, key)
    told = pack.account
    found = tx.clients.by_key(wanted.client)
    owner = tx.people.by_email((wanted.owner or str(told["owner"])).strip().lower())
    if owner is None:
        raise DeskError("unknown_person", f"{wanted.owner} is not a person of this desk.", "Add them with `user add`.")
    accounts.add_account(
        tx,
        wanted.key,
        client=wanted.client,
        provider=str(told["provider"]),
        owner=owner,
        reason=wanted.reason or str(told["reason"]),
        signals=pack.signals,
        destination=str(told["destination"]),
        source_label=str(told["source_label"]),
        second_because=wanted.second_because,
    )
    settings = handover.settings_of(pack, found.timezone)
    settings = {name: text for name, text in settings.items() if name not in _NOT_TAKEN}
    # The account has what its template offers, or the legal minimum; a shorter time of before is no longer lawful.
    like = tx.accounts.by_key(key)
    if not tx.desk_settings.now().keeps_long_enough(like.retention_days):
        del settings["retention_days"]
    account_settings.set_account(tx, wanted.key, settings | _hook(like))
    for each, rules in pack.match_rules.items():
        match_rows.set_match_rules(tx, wanted.key, each, rules)
    for item in pack.used:
        maps.save_map(tx, wanted.key, item.field_map, f"Map {item.version} of {key}, cloned.")
    account = tx.accounts.by_key(wanted.key)
    tx.audit.note("account cloned", "account", account.id, account.client_id, key=key, client=account.client_key)
    return Taken(wanted.key, _made(pack, account.client_name, wanted.key, key), _to_fill(wanted.key, pack))


def _hook(account: Account) -> dict[str, str]:
    """How this provider's webhooks are proved and grouped, without where the secrets to it lie."""
    told = account.intake.as_dict().get("hook", {})
    return {f"hook.{name}": str(value) for name, value in told.items() if not name.endswith("_ref")}


def _made(pack: Pack, client: str, new_key: str, key: str) -> tuple[str, ...]:
    submitted = (f"The {item.object.replace('_', ' ')} map, submitted for approval." for item in pack.used)
    return (f"The account {new_key} of {client}, paused, like {key}.", *submitted)


def _to_fill(key: str, pack: Pack) -> tuple[str, ...]:
    said = [f"Write what {key} promises its client (`account set {key} public_promise=… promised=…`)."]
    for setting, kept in (("credential_ref", "credential_ref"), ("webhook_secret", "webhook_secret_ref")):
        if pack.account[kept]:
            said.append(f"Name this client's own secret (`account set {key} {setting}=env:NAME`).")
    said += [f"Approve the {item.object.replace('_', ' ')} map." for item in pack.used]
    if pack.class_rules:
        said.append(f"Its {len(pack.class_rules)} class rules stay behind: they name people of another client.")
    return (*said, f"Let deliveries in: `account resume {key}`.")
