"""What pages know of the data layer by name: a desk, and the work that is done on it."""

from lib.db.own_work import OwnWork
from lib.db.unit_of_work import Desk, UnitOfWork

__all__ = ["Desk", "OwnWork", "UnitOfWork"]
