"""Which SFTP server one speaks to: only one whose key is known, since a password is told to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lib.errors import DeskError

_KNOWN = Path("~/.ssh/known_hosts")
FINGERPRINT = "host_key"


def only_known_hosts(fingerprint: str) -> Any:
    """What `paramiko` asks when it meets a server: its key must have this fingerprint (`SHA256:…`), or stand in
    `~/.ssh/known_hosts`. ImportError where paramiko is not installed; DeskError `host_unknown` at the meeting.
    """
    import paramiko  # noqa: PLC0415 - only a desk that fetches by SFTP has it

    class OnlyKnown(paramiko.MissingHostKeyPolicy):  # type: ignore[misc]  # it ships no types
        """Refuses every other server."""

        def missing_host_key(self, _client: Any, hostname: str, key: Any) -> None:
            known = paramiko.HostKeys()
            path = _KNOWN.expanduser()
            if path.exists():
                known.load(str(path))
            if key.fingerprint != fingerprint and not known.check(hostname, key):
                raise DeskError(
                    "host_unknown",
                    f"{hostname} shows a key that nobody on this desk has vouched for ({key.fingerprint}).",
                    'If it is right, put it into ~/.ssh/known_hosts, or as "host_key" into the credential: '
                    '{"password": "…", "host_key": "SHA256:…"}.',
                )

    return OnlyKnown()
