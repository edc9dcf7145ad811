"""Operations: how every account stands now, what came in and what became of it, what failed, and what clients see."""

from lib.domain.people import Right
from lib.services.publishing import portal_watch
from lib.services.running import dead_letters, job_list, run_history, schedules, tasks
from lib.services.setup import account_watch
from lib.ui.controls.alerts import alerts_cell
from lib.ui.entry.door import shown_errors
from lib.ui.entry.guard import Visit, require
from lib.ui.entry.sidebar import CLIENT
from lib.ui.home.next import today_in_words
from lib.ui.operations.address import account_asked, days_asked, page_asked
from lib.ui.operations.cause import cause_title, cause_view
from lib.ui.operations.clients import clients_cell
from lib.ui.operations.dead_letters import dead_letters_cell
from lib.ui.operations.incident import incident_view
from lib.ui.operations.jobs import jobs_cell
from lib.ui.operations.limits import limits_cell
from lib.ui.operations.now import causes_of, now_cell, operations_next
from lib.ui.operations.runs import runs_cell
from lib.ui.parts.address import from_address
from lib.ui.parts.notebook import page

visit = require(Right.SEE_DETAIL)


def overlook(here: Visit) -> None:
    client = from_address(CLIENT)
    with shown_errors():
        seen = here.read(account_watch.watched, client)
        keys = [item.account.key for item in seen]
        account = account_asked(keys)
        found = here.read(run_history.history, account, client=client, days=days_asked(), page=page_asked())
        groups = here.read(dead_letters.groups, client=client)
        causes = causes_of(groups)
    with (
        page("Operations", "What came in, what failed, and what clients see", today_in_words(found.now)),
        shown_errors(),
    ):
        operations_next(seen, causes, found.funnel.waiting_loads, found.now)
        now_cell(1, seen, causes, found.now)
        runs_cell(2, here, seen, found, account, client)
        jobs_cell(
            3,
            here,
            here.read(job_list.under_way),
            here.read(job_list.listed, state="failed"),
            here.read(schedules.listed),
            frozenset(keys),
            found.now,
        )
        dead_letters_cell(4, groups)
        limits_cell(5, seen)
        clients_cell(6, here.read(portal_watch.seen_by_clients, client))
        # An admin has everybody's on the page of the desk itself.
        if not here.viewer.may(Right.MANAGE_DESK):
            alerts_cell(7, here, [here.viewer])


def look(here: Visit, key: str) -> None:
    with shown_errors():
        (item,) = here.read(account_watch.watched, account=key)
        groups = here.read(dead_letters.groups, account=key)
        now = here.desk.clock()
    name = f"{item.account.source_label}: incident view"
    with page(name, item.account.client_name, today_in_words(now)), shown_errors():
        open_tasks = here.read(tasks.listed, account=key)
        cards = here.read(portal_watch.seen_by_clients, account=key)
        incident_view(here, item, causes_of(groups).get(key, ()), open_tasks, cards, now)


def settle(here: Visit, cause: str) -> None:
    with shown_errors():
        found = here.read(dead_letters.group, cause)
        under_way = here.read(job_list.under_way)
    jobs = {line.replay_job_id for line in found.lines}
    running = next((item for item in under_way if item.id in jobs), None)
    now = here.desk.clock()
    context = ", ".join(word for word in (found.group.source_label, found.group.object.replace("_", " ")) if word)
    with page(cause_title(found.group), context, today_in_words(now)), shown_errors():
        cause_view(here, found, running, now.date())


incident, cause = from_address("incident"), from_address("cause")
if cause:
    settle(visit, cause)
elif incident:
    look(visit, incident)
else:
    overlook(visit)
