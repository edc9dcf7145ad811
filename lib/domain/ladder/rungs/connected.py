"""Rung 2, Connected: the way in works, and what to do when it does not is written down (R13, R16)."""

from __future__ import annotations

from lib.domain.ladder.gates import Gate
from lib.domain.ladder.rungs.looking import Looking, day_in_words
from lib.domain.ladder.setup_checks import CheckResult
from lib.domain.ladder.standing import ROTATION
from lib.domain.settings.retention import in_words, is_kept
from lib.domain.wording import counted, listed

# The key of the check of a setup test that says whether references resolve.
_RESOLVES = "credential"


def connected(look: Looking) -> tuple[Gate, ...]:
    """The seven gates of rung 2."""
    account = look.account
    return (
        _credential(look),
        _setup_test(look),
        look.written("failure_path", "Failure path", account.failure_path, "Write what happens when it fails."),
        look.written("manual_fallback", "Manual fallback", account.manual_fallback, "Write what is done by hand then."),
        look.written("rollback_note", "Rollback note", account.rollback_note, "Write how it is taken back."),
        look.written("retry_rules", "Retry rules", account.retry_rules, "Write how often it is tried again."),
        _retention(look),
    )


def _needs_none(look: Looking) -> bool:
    account = look.account
    return not (account.credential_ref or account.webhook_secret_ref) and look.standing.needs_no_credential


def _credential(look: Looking) -> Gate:
    account = look.account
    key, what, climb = "credential", "Credential", "Name where the credential lies, as env:NAME."
    if _needs_none(look):
        return look.gate(key, what, True, "None needed: files are handed over by a person", by=account.owner_email)
    references = [each for each in (account.credential_ref, account.webhook_secret_ref) if each]
    if not references:
        return look.gate(key, what, False, "No reference is set", climb=climb)
    said = listed(references)
    ends = account.auth_expires_on
    if ends is not None and look.now.date() > ends:
        stale = f"the sign-in to the provider ended on {ends.day} {ends:%b %Y}"
        return look.gate(key, what, False, said, stale=stale, climb="Sign in to the provider anew.")
    test = look.standing.setup_test
    missing = next((check.sentence for check in test.failed if check.key == _RESOLVES), "") if test else ""
    if missing:
        return look.gate(key, what, False, said, stale=missing, climb="Put the value there, and test the connection.")
    until = f", good until {ends.day} {ends:%b %Y}" if ends else ""
    return look.gate(key, what, True, said + until, by=account.owner_email)


def _setup_test(look: Looking) -> Gate:
    key, what, climb = "setup_test", "Setup test", "Test the connection."
    test = look.standing.setup_test
    if test is None:
        if _needs_none(look):
            return look.gate(key, what, True, "Nothing to test: files are handed over by a person")
        return look.gate(key, what, False, "The connection was never tested", climb=climb)
    asked = [check for check in test.checks if check.result is not CheckResult.NOT_APPLICABLE]
    good = len(asked) - len(test.failed)
    said = f"{good} of {counted(len(asked), 'check')} passed" if asked else "There was nothing to test"
    stale = ""
    if not test.is_good:
        stale = f"it failed on {day_in_words(test.at)}: {' '.join(check.sentence for check in test.failed)}"
        climb = next((check.mend for check in test.failed if check.mend), climb)
    elif look.is_old(test.at, look.good_days):
        stale = f"it is older than {counted(look.good_days, 'day')}: {day_in_words(test.at)}"
    elif (rotated := look.standing.evidence.get(ROTATION)) is not None and rotated.at > test.at:
        stale = f"the credential was replaced since: noticed on {day_in_words(rotated.at)}"
    elif changed := look.standing.connection_changed:
        stale = f"the connection was set anew since: {listed([name.replace('_', ' ') for name in changed])}"
    return look.gate(key, what, not stale, said, by=test.person, at=test.at, stale=stale, climb=climb)


def _retention(look: Looking) -> Gate:
    account, settings = look.account, look.standing.settings
    days = account.retention_days
    said = f"Payloads are kept {in_words(days)}" if is_kept(days) else "No payload is kept"
    holds = settings.keeps_long_enough(days)
    least = (
        f"the legal minimum of this desk is {in_words(settings.min_retention_days)}, and {said[:1].lower()}{said[1:]}"
    )
    return look.gate(
        "retention",
        "Retention",
        holds,
        said,
        by=account.owner_email if holds else "",
        stale="" if holds else least,
        climb="Keep payloads for as long as the law asks.",
    )
