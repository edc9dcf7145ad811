"""The account's own signs of test, spam and internal rows: listed, added, removed, each change in the audit log."""

from __future__ import annotations

from dataclasses import dataclass, replace

from lib.db.unit_of_work import UnitOfWork
from lib.domain.accounts import Account
from lib.domain.objects import object_type
from lib.domain.people import Right
from lib.domain.providers import Mark, MarkOn
from lib.domain.rows.class_rules import LONGEST, MOST_RULES, ClassRule, own_domain, own_phone, spam_sender, test_word
from lib.errors import DeskError
from lib.mapping.transforms.contact import read_phone
from lib.providers import template

# What most accounts need, each out of one text.
SHORT = {
    "own_domain": "Own e-mail domain",
    "own_phone": "Own phone number",
    "test_word": "Word in names of tests",
    "spam_sender": "Sender of spam",
}


@dataclass(frozen=True)
class RuleBookOfAccount:
    """An account's own rules, and the marks of its provider's template that hold beside them."""

    account: Account
    own: tuple[ClassRule, ...]
    of_provider: tuple[Mark, ...]


def class_rules(tx: UnitOfWork, key: str) -> RuleBookOfAccount:
    """The rules of an account; NotFound outside the person's clients."""
    tx.actor.require(Right.SEE_DETAIL)
    account = tx.accounts.by_key(key)
    return RuleBookOfAccount(account, account.class_rules, template(account.provider).marks)


def short_rule(tx: UnitOfWork, key: str, kind: str, text: str) -> Mark:
    """The mark that one of SHORT makes of a text; DeskError `bad_class_rule` where it is no such thing."""
    tx.actor.require(Right.SEE_DETAIL)
    if not text.strip() or len(text) > LONGEST:
        raise DeskError("bad_class_rule", f"A rule needs a text of 1 to {LONGEST} characters.", "Type it again.")
    if kind != "own_phone":
        return {"own_domain": own_domain, "test_word": test_word, "spam_sender": spam_sender}[kind](text)
    phone = read_phone(text, tx.accounts.by_key(key).phone_region)
    if not phone:
        raise DeskError("bad_class_rule", f"{text!r} is not a phone number.", "Write it with its area code.")
    return own_phone(phone)


def add_rule(tx: UnitOfWork, key: str, mark: Mark) -> ClassRule:
    """Add a rule; it holds from the next load on. DeskError `bad_class_rule` where no object has such a field."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    columns = {name for item in account.signals for name in object_type(item).column_names}
    if mark.on is MarkOn.TARGET and mark.field not in columns:
        raise DeskError(
            "bad_class_rule",
            f"Nothing that {key} sends has a column {mark.field!r}.",
            "Name a target column such as email or name, or a column of the file with `source`.",
        )
    if len(account.class_rules) >= MOST_RULES:
        raise DeskError("bad_class_rule", f"{key} has {MOST_RULES} rules already.", "Remove one, or join several.")
    if any(_same(rule.mark, mark) for rule in account.class_rules):
        raise DeskError("bad_class_rule", f"{key} has that very rule already.", "Nothing needs doing.")
    # Numbers are never given twice: old rows name the rule that told their class.
    given = [line.detail["rule"] for line in tx.audit.of("account", account.id) if line.action == _ADDED]
    number = max(given, default=0) + 1
    rule = ClassRule.of_dict(ClassRule(number, mark).as_dict())
    tx.accounts.change(account, {"class_rules": [item.as_dict() for item in (*account.class_rules, rule)]})
    tx.audit.note(_ADDED, "account", account.id, account.client_id, rule=number, **_said(rule))
    return rule


def remove_rule(tx: UnitOfWork, key: str, number: int) -> ClassRule:
    """Take a rule away; rows that it has told keep their class and its words. DeskError `unknown_class_rule`."""
    tx.actor.require(Right.MANAGE_ACCOUNTS)
    account = tx.accounts.by_key(key)
    gone = next((rule for rule in account.class_rules if rule.number == number), None)
    if gone is None:
        raise DeskError("unknown_class_rule", f"{key} has no rule {number}.", f"`account rule list {key}` shows them.")
    kept = [rule.as_dict() for rule in account.class_rules if rule is not gone]
    tx.accounts.change(account, {"class_rules": kept})
    tx.audit.note("class rule removed", "account", account.id, account.client_id, rule=number, **_said(gone))
    return gone


_ADDED = "class rule added"


def _same(one: Mark, other: Mark) -> bool:
    return replace(one, evidence="", name="") == replace(other, evidence="", name="")


def _said(rule: ClassRule) -> dict[str, object]:
    return {name: value for name, value in rule.as_dict().items() if name != "number"}
