"""The first step of the operations page: how each account stands now, worst first, and the one thing to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from lib.clock import zone
from lib.domain.running.dead_letters import Group, LetterStatus
from lib.services.setup.account_watch import Watched
from lib.ui.parts.marks import ATTENTION, GOOD, NOTHING, PAUSED, STOPPED, badge, load_badge
from lib.ui.parts.notebook import cell, empty, next_line
from lib.ui.parts.tables import navigating_table
from lib.ui.parts.words import counted, plain

_COLUMNS = {"Account": 185, "Came last": 130, "Next expected, client's time": 195, "Last run": 125, "Held up": 300}


Causes = Mapping[str, Sequence[Group]]


def causes_of(groups: Sequence[Group]) -> dict[str, list[Group]]:
    """The causes in the dead-letter queue by the key of their account, those that hold most rows up first."""
    found: dict[str, list[Group]] = defaultdict(list)
    for group in sorted(groups, key=lambda group: -group.rows):
        if group.status is not LetterStatus.SNOOZED:
            found[group.account].append(group)
    return found


def operations_next(seen: Sequence[Watched], causes: Causes, waiting: int, now: datetime) -> None:
    """What to do first, or that everything is up to date."""
    awake = [item for item in seen if not item.is_paused]
    stopped = [item for item in awake if item.is_stopped]
    held = sorted((group for some in causes.values() for group in some), key=lambda group: -group.rows)
    failed = [item for item in awake if item.has_failed]
    silent = [item for item in awake if item.is_silent]
    late = [item for item in awake if item.is_late]
    if stopped:
        item = stopped[0]
        next_line(f"{plain(item.account.source_label)} is left alone.", plain(item.breaker.sentence), **_go(item))
    elif held:
        group = held[0]
        cause, rows = group.code.replace("_", " "), f", {counted(group.rows, 'row')}" if group.rows else ""
        what = plain(f"{group.source_label}, {cause}{rows}.")
        next_line("Mend what holds up most.", what, go="Look at it", cause=group.fingerprint)
    elif failed:
        item = failed[0]
        note = item.last.error_note if item.last else ""
        next_line(f"The last run of {plain(item.account.source_label)} failed.", plain(note), **_go(item))
    elif silent:
        next_line(
            f"Ask why {plain(silent[0].account.source_label)} sent nothing.", plain(silent[0].silence), **_go(silent[0])
        )
    elif late:
        item = late[0]
        hours = item.account.freshness_hours
        next_line(
            f"{plain(item.account.source_label)} is late.",
            f"Its newest committed delivery is older than the {span_words(timedelta(hours=hours))} that are allowed.",
            **_go(item),
        )
    elif waiting:
        words = f"{counted(waiting, 'load')} {'waits' if waiting == 1 else 'wait'} for a decision."
        next_line("Nothing fails.", words, go="Review them", to="import_review", status="waiting")
    else:
        next_line("Everything is up to date,", f"last looked at {now:%H:%M} UTC.")


def now_cell(number: int, seen: Sequence[Watched], causes: Causes, now: datetime) -> None:
    """One line an account: what is wrong comes first, paused ones last."""
    wrong = [item for item in seen if trouble(item, causes.get(item.account.key, ()))]
    with cell(
        number,
        "Now",
        why="When each account last came and is next expected, how its last run went, and what waits. Each opens its own page.",
        result=_result(seen, wrong),
    ):
        if not seen:
            empty(
                "No account is connected.",
                "Each stands here from the day it is connected: when it came, when it is expected, and what failed.",
                go="Connect a provider",
                to="provider_setup",
            )
            return
        ordered = sorted(seen, key=lambda item: (item.is_paused, item not in wrong))
        navigating_table(
            _COLUMNS, [_row(item, causes.get(item.account.key, ()), now) for item in ordered], key="operations-now"
        )


def trouble(item: Watched, groups: Sequence[Group]) -> str:
    """What is wrong with an account, in a few words; '' where nothing is. A paused account asks for nothing."""
    if item.is_paused:
        return ""
    if item.is_stopped:
        return "Its provider is left alone"
    if item.has_failed:
        return "Its last run failed"
    if item.is_silent:
        return "It fell silent"
    if item.is_late:
        return "It is late"
    return f"{counted(len(groups), 'cause')} of failure" if groups else ""


def moment_words(at: datetime, now: datetime, timezone: str = "UTC") -> str:
    """`today 07:02`, `tomorrow 09:10`, `Tue 17 Nov 07:02`, in the days of a time zone."""
    local, today = at.astimezone(zone(timezone)), now.astimezone(zone(timezone)).date()
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((local.date() - today).days)
    return f"{near or f'{local:%a} {local.day} {local:%b}'} {local:%H:%M}"


def span_words(span: timedelta) -> str:
    """`3 h`, `4 d`: a length of time as a badge says it."""
    hours = int(span.total_seconds() // 3600)
    if hours < 1:
        return "under 1 h"
    return f"{hours} h" if hours < 48 else f"{hours // 24} d"


def _result(seen: Sequence[Watched], wrong: Sequence[Watched]) -> str:
    if not seen:
        return badge("None yet", NOTHING)
    if wrong:
        return badge(f"{len(wrong)} of {counted(len(seen), 'account')} in trouble", STOPPED)
    return badge(f"{counted(len(seen), 'account')}, no trouble", GOOD)


def _row(item: Watched, groups: Sequence[Group], now: datetime) -> tuple[str, str, dict[str, object], list[str]]:
    cells = [_came(item, now), _expected(item, now), _run(item), _held(item, groups, now)]
    return plain(item.account.source_label), "", {"incident": item.account.key}, cells


def _came(item: Watched, now: datetime) -> str:
    if item.is_paused:
        return badge("Paused", PAUSED)
    if item.came_at is None:
        return badge("Nothing yet", NOTHING)
    since = span_words(now - item.came_at)
    if item.is_late:
        return badge(f"{since}, allowed {span_words(timedelta(hours=item.account.freshness_hours))}", STOPPED)
    return badge(f"{since} ago", GOOD)


def _expected(item: Watched, now: datetime) -> str:
    if item.is_paused:
        return ":gray[not while it is paused]"
    due, timezone = item.rhythm.due_by, item.account.client_timezone
    if due is None:
        return ":gray[no rhythm known yet]"
    if item.is_silent:
        return badge(f"Since {moment_words(due, now, timezone)}", STOPPED)
    return f"by {moment_words(due, now, timezone)}"


def _run(item: Watched) -> str:
    if item.last is None:
        return badge("None yet", NOTHING)
    if item.has_failed:
        return badge("Failed", STOPPED)
    if not item.loads:
        return badge("Not imported", ATTENTION)
    load = item.loads[-1]
    return badge("Test", NOTHING) if load.is_test else load_badge(load.status)


def _held(item: Watched, groups: Sequence[Group], now: datetime) -> str:
    told = []
    if item.is_stopped:
        again = item.breaker.try_at
        when = f", tried {moment_words(again, now, item.account.client_timezone)}" if again else ""
        told.append(badge(f"Left alone{when}", STOPPED))
    if groups:
        rows = sum(group.rows for group in groups)
        held = f", {counted(rows, 'row')}" if rows else ""
        told.append(badge(f"{counted(len(groups), 'cause')}{held}", STOPPED))
    if item.receipts:
        told.append(badge(f"{counted(item.receipts, 'webhook')} waiting", NOTHING))
    return " ".join(told) or ":gray[nothing held up]"


def _go(item: Watched) -> dict[str, str]:
    return {"go": "Look at it", "incident": item.account.key}
