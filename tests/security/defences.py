"""Every defence by name: how it is taken out, and the test that must go red when it is.

`test_of_the_tests.py` takes out each of them alone and runs its proof; a defence whose proof stays green is no defence
that anybody would miss. Add one for what you build, in the room of `taken_out/` that it belongs to: a name that says
what is kept from whom, a `remove` that breaks the code (nothing but `monkeypatch.setattr` and the like, so that it is
put back), and the address of a test.
"""

from __future__ import annotations

from tests.security.taken_out import audit, canaries, database_users, doors, forged_client, people, privacy, ways_out
from tests.security.taken_out.defence import Defence

DEFENCES: tuple[Defence, ...] = (
    *people.DEFENCES,
    *ways_out.DEFENCES,
    *audit.DEFENCES,
    *database_users.DEFENCES,
    *canaries.DEFENCES,
    *privacy.DEFENCES,
    *doors.DEFENCES,
    *forged_client.DEFENCES,
)
