"""An account on a stand-in, ready to be pulled, and the road from there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from unittest import mock

from lib.db.unit_of_work import Desk
from lib.domain.api.pulls import Pulled, SyncCursor
from lib.domain.imports import DateRange
from lib.pipeline.intake.pulls import pull
from lib.pipeline.loading.decisions import approve
from lib.services.arriving import pulls
from lib.services.setup import account_settings
from tests.builders import a_map, admin, an_account, an_approved_map, records
from tests.integration.pulls.asking import Time
from tests.standins import CallRail, Ledger, ServiceTitan, StandIn
from tests.standins import callrail as cr
from tests.standins import servicetitan as st
from tests.standins.ledger import Change

_RECORD = {"external_id": "id", "occurred_at": "createdOn", "modified_at": "modifiedOn", "status": "jobStatus"}
_CALL = {"external_id": "id", "occurred_at": "start_time", "status": "lead_status", "phone": "customer_phone_number"}


@dataclass
class Connected:
    """A desk whose clock is `time`, with one account that asks `stand_in` for one object."""

    desk: Desk
    time: Time
    stand_in: StandIn
    key: str
    object: str

    def pull(self, days: DateRange | None = None, **more: Any) -> tuple[Pulled, ...]:
        return pull(self.desk, admin(self.desk), self.key, self.object, days=days, **more)

    def taken(self, **more: Any) -> tuple[Pulled, ...]:
        """Pull, and approve what came."""
        done = self.pull(**more)
        for item in done:
            if item.load_id is not None and not item.is_seen:
                approve(self.desk, admin(self.desk), item.load_id)
        return done

    @property
    def cursor(self) -> SyncCursor:
        found = self.desk.ask(admin(self.desk), pulls.cursors, self.key)
        return found[0] if found else SyncCursor(0, self.object)

    @property
    def statuses(self) -> dict[str, str]:
        """The status of each record by its external id."""
        return {key: row["status"] for key, row in records(self.desk).items()}

    def set(self, **settings: str) -> None:
        named = {name.replace("__", "."): value for name, value in settings.items()}
        self.desk.do(admin(self.desk), account_settings.set_account, self.key, named)


def job_details(change: Change, _made: datetime) -> dict[str, Any]:
    """What a job says besides its dates."""
    return {"jobNumber": str(change.number), "jobStatus": "Completed" if change.version else "Scheduled"}


@contextmanager
def a_titan(desk: Desk, ledger: Ledger, time: Time | None = None, **settings: str) -> Iterator[Connected]:
    """A ServiceTitan account that pulls jobs."""
    time = time or Time()
    ledger.details = job_details
    with ServiceTitan({"job": ledger}, time) as stand_in, _environment():
        found = Connected(_by(desk, time), time, stand_in, "titan", "job")
        an_account(found.desk, "titan", provider="servicetitan")
        an_approved_map(found.desk, "titan", a_map("job", _RECORD))
        found.set(
            credential_ref="env:TITAN_CREDENTIAL",
            pull__base_url=stand_in.url,
            pull__token_url=f"{stand_in.url}/connect/token",
            pull__tenant=st.TENANT,
            pull__app_key_ref="env:TITAN_APP_KEY",
            **settings,
        )
        yield found


@contextmanager
def a_callrail(desk: Desk, ledger: Ledger, time: Time | None = None) -> Iterator[Connected]:
    """A CallRail account that pulls calls."""
    time = time or Time()
    with CallRail(ledger, time) as stand_in, _environment():
        found = Connected(_by(desk, time), time, stand_in, "rail", "call")
        an_account(found.desk, "rail", provider="callrail")
        an_approved_map(found.desk, "rail", a_map("call", _CALL))
        found.set(credential_ref="env:RAIL_KEY", pull__base_url=stand_in.url, pull__tenant=cr.ACCOUNT)
        yield found


def _by(desk: Desk, time: Time) -> Desk:
    """The desk by a clock that goes when somebody waits."""
    return replace(desk, clock=time, sleep=time.sleep)


def _environment() -> Any:
    secrets = {"TITAN_CREDENTIAL": f"{st.CLIENT}:{st.SECRET}", "TITAN_APP_KEY": st.APP_KEY, "RAIL_KEY": cr.KEY}
    return mock.patch.dict(os.environ, secrets)


def held(ledger: Ledger, time: Time) -> dict[str, str]:
    """What the stand-in holds: the status of each record by its id."""
    return {str(row["id"]): row["jobStatus"] for row in ledger.held(time()).values()}
