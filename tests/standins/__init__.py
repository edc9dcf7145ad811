"""Providers' APIs on loopback: real HTTP servers that speak the documented protocol, with records that grow with a clock."""

from tests.standins.callrail import CallRail
from tests.standins.ledger import Ledger
from tests.standins.plain import PlainApi
from tests.standins.servicetitan import ServiceTitan
from tests.standins.serving import Fault, StandIn, faults_by_seed

__all__ = ["CallRail", "Fault", "Ledger", "PlainApi", "ServiceTitan", "StandIn", "faults_by_seed"]
