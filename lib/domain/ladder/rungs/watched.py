"""Rung 6, Live, and watched: it comes, it can be read, it agrees with the provider's screen, and somebody looks (R21)."""

from __future__ import annotations

from datetime import timedelta

from lib.domain.ladder.gates import Gate
from lib.domain.ladder.rungs.looking import Looking, day_in_words, named
from lib.domain.running.breaker import BreakerPlace
from lib.domain.wording import counted, listed

# So long a dead letter may wait before nobody can be said to watch.
LETTER_DAYS = 3
# Fewer calls left than this share of what the provider allows: somebody should know.
_LEAST_LEFT = 0.1
_YEAR = 365


def watched(look: Looking) -> tuple[Gate, ...]:
    """The six gates of rung 6; two of them warn."""
    return (
        _freshness(look),
        _errors(look),
        _rate_limits(look),
        _portal(look),
        _qa(look),
        look.by_hand(
            "watch_owner",
            "Somebody who watches",
            "Say who looks when it stops, and how they hear of it.",
            mark=look.account.owner_email,
            good_days=_YEAR,
        ),
    )


def _freshness(look: Looking) -> Gate:
    key, what, page = "freshness", "Freshness", f"operations?incident={look.account.key}"
    at, hours = look.standing.last_delivery_at, look.account.freshness_hours
    allowed = f"it may be {counted(hours, 'hour')} old"
    if at is None:
        climb = "Import what the provider sent, and let it in."
        return look.gate(key, what, False, "Nothing has come and gone in yet", climb=climb, page="import_review")
    said = f"Came last on {at.day} {at:%b %Y, %H:%M} UTC; {allowed}"
    is_late = look.now - at > timedelta(hours=hours)
    stale = f"nothing has come since {day_in_words(at)}, and {allowed}" if is_late else ""
    climb = "Find out why nothing comes; import what is there, or enter it by hand."
    return look.gate(key, what, not is_late, said, stale=stale, climb=climb, page=page)


def _errors(look: Looking) -> Gate:
    key, what, page = "errors", "Errors", f"operations?incident={look.account.key}"
    breaker, letters = look.standing.breaker, look.standing.letters
    if breaker is not None and breaker.place is not BreakerPlace.CLOSED:
        stale = f"its provider is left alone, because call after call failed: {breaker.sentence}"
        climb = "Mend what the last call says, and close the breaker."
        return look.gate(key, what, False, "The provider does not answer", stale=stale, climb=climb, page=page)
    if letters is None:
        return look.gate(key, what, True, "Nothing waits in the dead letters")
    said = f"{counted(letters.lines, 'dead letter')} since {day_in_words(letters.since)}"
    is_old = look.is_old(letters.since, LETTER_DAYS)
    stale = f"{said} {'waits' if letters.lines == 1 else 'wait'}, longer than {LETTER_DAYS} days" if is_old else ""
    climb = "Replay what waits, or discard it with a reason."
    return look.gate(key, what, not is_old, said, stale=stale, climb=climb, page=page)


def _rate_limits(look: Looking) -> Gate:
    key, what = "rate_limits", "Rate limits"
    told = [item for item in look.standing.limits if item.of > 0]
    if not told:
        return look.gate(key, what, True, "The provider has told no limit")
    near = [item for item in told if item.left < item.of * _LEAST_LEFT]
    said = listed([f"{item.left:,} of {item.of:,} calls left for {named(item.object)}" for item in near or told])
    stale = f"few calls are left: {said}" if near else ""
    return look.gate(key, what, not near, said, stale=stale, climb="Ask less often, or ask the provider for more.")


def _portal(look: Looking) -> Gate:
    key, what = "portal", "Portal visibility"
    wanted = [look.standing.metrics[name] for name in look.account.promised if name in look.standing.metrics]
    missing = [item.label for item in wanted if not item.is_shown]
    if not wanted or missing:
        said = f"The client sees no card of {listed(missing)}" if missing else "Nothing is promised to the client"
        climb = "Publish the statements once it is live, and show their cards."
        return look.gate(key, what, False, said, climb=climb, page="baseline_vs_current")
    return look.gate(key, what, True, f"The client sees {listed([item.label for item in wanted])}")


def _qa(look: Looking) -> Gate:
    key, what = "qa", "Rows compared with the provider's screen"
    climb = "Hold sampled rows of a load against the provider's own screen."
    check = look.standing.qa
    if check is None:
        return look.gate(key, what, False, "No row was held against the provider's screen", climb=climb)
    seen = f"{check.agreed} of {check.agreed + check.differed} rows of load {check.load_id} agree, at {check.screen}"
    item = next((each for each in look.standing.objects if each.object == check.object), None)
    approved = item.approved_version if item else None
    stale = ""
    if not check.is_good:
        stale = f"{counted(check.differed, 'row')} of load {check.load_id} differed on {day_in_words(check.at)}"
        climb = "Find out which side is wrong, mend it, and compare again."
    elif check.is_undone:
        stale = f"load {check.load_id} was undone since, so its rows prove nothing"
    elif approved != check.map_version:
        stale = f"load {check.load_id} was read through map {check.map_version}, and another is approved since"
    elif look.is_old(check.at, look.good_days):
        stale = f"it is older than {counted(look.good_days, 'day')}: {day_in_words(check.at)}"
    return look.gate(key, what, not stale, seen, by=check.person, at=check.at, stale=stale, climb=climb)
