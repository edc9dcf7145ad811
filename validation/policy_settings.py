"""What is done about each reason by default, what an account may ask instead, and reading that from text."""

from __future__ import annotations

from dataclasses import replace

from lib.domain.rows.policies import Policies, ReasonPolicy
from lib.domain.verdicts import Severity
from lib.errors import DeskError
from validation.load_reasons import LOAD_REASONS
from validation.reasons import REASONS

_POLICY = "policy."
_LIMITS = {"max_failed_percent": 100, "max_failed_rows": 10**9}
# The settings of an account that `policies_with` reads.
POLICY_SETTINGS = (f"{_POLICY}REASON", *_LIMITS)

# What a row is rather than what is wrong with it: classifying or a person decides on these, and no policy does.
_DECIDED = frozenset(
    {
        "same_row",
        "unchanged",
        "test_import",
        "held",
        "ignored_by_person",
        *(code for code in REASONS if code.startswith("class_")),
    }
)
# Two rows of one key: classifying chooses one, and an account may insist that there are none.
_ONLY_COUNTED = frozenset({"in_file"})
# There is no value that could be left out.
_NOTHING_TO_BLANK = frozenset(
    {
        "unreadable_line",
        "missing_date",
        "missing_key",
        "no_contact",
        "completed_without_booking",
        "sold_without_amount",
    }
)
# Mapping leaves these blank in any case.
_BLANK_ALREADY = frozenset({"unreadable_phone", "unreadable_email", "hidden_phone", "hidden_email"})


def default_policy(code: str) -> ReasonPolicy:
    """What is done with a row that gives this reason unless the account says otherwise.

    A load's own reasons stop it or are let in. Two reasons weigh less where nothing depends on the cell
    (`severity_of_blank`); their default is that of their worst.
    """
    if code in LOAD_REASONS:
        return ReasonPolicy.STOP if LOAD_REASONS[code].severity is Severity.BLOCK else ReasonPolicy.LET_IN
    if code in _BLANK_ALREADY:
        return ReasonPolicy.BLANK
    return ReasonPolicy.HOLD if REASONS[code].severity is Severity.BLOCK else ReasonPolicy.LET_IN


def allowed_policies(code: str) -> tuple[ReasonPolicy, ...]:
    """What an account may ask for a reason, its default among it; () for a code that is no doubt about a row.

    A record that would be wrong is never let in, so a reason that blocks can be stopped, held or blanked.
    """
    if code in LOAD_REASONS:
        is_fixed = default_policy(code) is ReasonPolicy.STOP
        return () if is_fixed else (ReasonPolicy.STOP, ReasonPolicy.LET_IN)
    if code not in REASONS or code in _DECIDED:
        return ()
    if code in _ONLY_COUNTED:
        return (ReasonPolicy.STOP, ReasonPolicy.LET_IN)
    blank = () if code in _NOTHING_TO_BLANK else (ReasonPolicy.BLANK,)
    is_never_whole = REASONS[code].severity is Severity.BLOCK or code in _BLANK_ALREADY
    let_in = () if is_never_whole else (ReasonPolicy.LET_IN,)
    return (ReasonPolicy.STOP, ReasonPolicy.HOLD, *blank, *let_in)


def read_policy(code: str, text: str) -> ReasonPolicy | None:
    """The policy that a person wrote for a reason; None for `default`. DeskError where either is not to be had."""
    allowed = allowed_policies(code)
    if not allowed:
        choices = [name for name in (*REASONS, *LOAD_REASONS) if allowed_policies(name)]
        raise DeskError(
            "unknown_reason", f"There is no policy for a reason {code!r}.", f"Use one of {', '.join(choices)}."
        )
    if text == "default":
        return None
    if text not in allowed:
        raise DeskError(
            "unknown_policy", f"{code} cannot be set to {text!r}.", f"Use one of {', '.join(allowed)}, default."
        )
    policy = ReasonPolicy(text)
    return None if policy is default_policy(code) else policy


def is_policy_setting(name: str) -> bool:
    """Whether `policies_with` reads the setting called `name`."""
    return name.startswith(_POLICY) or name in _LIMITS


def policies_with(policies: Policies, name: str, text: str) -> Policies:
    """The policies after one setting: `policy.REASON` to a policy or `default`, or a limit of failed rows or `none`."""
    if name == "max_failed_percent":
        return replace(policies, max_failed_percent=_limit(name, text))
    if name == "max_failed_rows":
        return replace(policies, max_failed_rows=_limit(name, text))
    code = name.removeprefix(_POLICY)
    policy = read_policy(code, text)
    others = {known: each for known, each in policies.by_code.items() if known != code}
    return replace(policies, by_code=others if policy is None else {**others, code: policy})


def _limit(name: str, text: str) -> int | None:
    if text == "none":
        return None
    if not text.isdecimal() or int(text) > _LIMITS[name]:
        raise DeskError(
            "not_a_number", f"{text!r} is no {name}.", f"Write a whole number from 0 to {_LIMITS[name]}, or none."
        )
    return int(text)
