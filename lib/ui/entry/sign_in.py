"""Whether people sign in at this desk, settled once when the server starts and the same for everything that asks."""

from __future__ import annotations

from ipaddress import ip_address

from streamlit import config

from lib.errors import DeskError
from lib.settings import SignIn, load_settings, read_sign_in

# A section that disappears while the server runs must not turn whoever visits into the local admin, so the server
# remembers what it started with. Without a server (in a test) the file is asked each time.
_SETTLED: list[SignIn | None] = []


def settle() -> SignIn | None:
    """Read `[auth]` for the whole life of this server, and have Streamlit read the very same file.

    By itself Streamlit looks for secrets beside the script and in the home folder of whoever runs it, and a desk may
    lie elsewhere (`DESK_HOME`). SystemExit with one sentence where the section is not complete, or where there is none
    and the server was told to listen to other machines.
    """
    settings = load_settings()
    config.set_option("secrets.files", [str(settings.secrets_file)])
    try:
        found = read_sign_in(settings)
    except DeskError as trouble:
        raise SystemExit(f"{trouble.message} {trouble.hint}") from None
    address = config.get_option("server.address")
    if found is None and not _is_loopback(address):
        raise SystemExit(
            f"The desk does not listen on {address or 'every address'} until sign-in is configured: add [auth] to "
            f"{settings.secrets_file}, or leave server.address at 127.0.0.1."
        )
    _SETTLED[:] = [found]
    return found


def configured() -> SignIn | None:
    """The sign-in of this desk; None where it is of one machine and one admin."""
    return _SETTLED[0] if _SETTLED else read_sign_in(load_settings())


def _is_loopback(address: str | None) -> bool:
    try:
        return address == "localhost" or ip_address(address or "").is_loopback
    except ValueError:
        return False
