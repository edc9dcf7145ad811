"""What an owner might write for any provider: the sentences that plans for failure share (R13, R16)."""

from __future__ import annotations

BURIED = (
    "What still fails waits among the dead letters with its mend, for the owner to replay or to discard with a reason."
)
SILENCE = "A longer silence than the freshness allows opens a task for the owner."
BY_HAND = "Single records can be entered by hand with the reason; they are called so wherever they show."
UNDONE = (
    "Undo the load: its records and numbers go back to what they were, and what a client had seen gets a correction."
)
MAP_BACK = "After a change of the map, submit the version before it again, have it approved and import the days since."
