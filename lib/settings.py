"""Every setting of the desk, read in one place; a bad one fails loudly with the variable's name."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lib.errors import DeskError

PROJECT = Path(__file__).resolve().parent.parent
# Some two seconds of a busy machine.
_LARGE_ROWS = 20_000


@dataclass(frozen=True)
class Settings:
    """Where the desk keeps things. URLs hold credentials, so they are left out of the repr.

    `home` is the desk's own folder (`DESK_HOME`, default: the checkout); what it writes lies in `home/var`. A load of
    more than `large_rows` rows is approved and undone by the worker, and not while the person's page waits.
    """

    home: Path
    app_url: str
    traffic_url: str
    app_migration_url: str
    traffic_migration_url: str
    portal_url: str
    large_rows: int = _LARGE_ROWS
    # The mail server and the sender of report notes; without both, none is sent.
    smtp_url: str = ""
    mail_from: str = ""
    # On a desk that is developed one database user may do everything; any other refuses to run as such a one (R19).
    is_development: bool = False

    def __repr__(self) -> str:
        return f"Settings(home={self.home!s})"

    @property
    def var(self) -> Path:
        """The folder for everything the desk writes outside its databases; made when first asked for."""
        folder = self.home / "var"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DeskError(
                "home_not_writable",
                f"The desk cannot write to {folder}: {error.strerror}.",
                "Point DESK_HOME at a folder it may write to.",
            ) from error
        return folder

    @property
    def secrets_file(self) -> Path:
        """Streamlit's own secrets file, where `secrets:section.key` references and `[auth]` are looked up."""
        return self.home / ".streamlit" / "secrets.toml"


def has_sign_in(settings: Settings) -> bool:
    """Whether people sign in: Streamlit's `[auth]` section is there. Without it the desk is of one machine and one admin."""
    try:
        with settings.secrets_file.open("rb") as file:
            return "auth" in tomllib.load(file)
    except FileNotFoundError:
        return False
    except tomllib.TOMLDecodeError as error:
        raise DeskError(
            "setting_invalid", f"{settings.secrets_file} is not valid TOML: {error}.", "Mend that line of the file."
        ) from error


@dataclass(frozen=True)
class SignIn:
    """Streamlit's `[auth]` section: the providers a person may choose among ("" for the only one), and where they return."""

    providers: tuple[str, ...]
    redirect_uri: str


_COOKIE_SECRET_LENGTH = 32


def read_sign_in(settings: Settings) -> SignIn | None:
    """The `[auth]` section; None on a desk without sign-in, DeskError `setting_invalid` where it is not complete.

    Providers are its sub-sections that name a client, or the section itself, as Streamlit reads them.
    """
    if not has_sign_in(settings):
        return None
    with settings.secrets_file.open("rb") as file:
        auth = tomllib.load(file)["auth"]
    providers = tuple(name for name, value in auth.items() if isinstance(value, dict) and "client_id" in value)
    if "client_id" in auth:
        providers = ("", *providers)
    redirect_uri = str(auth.get("redirect_uri", ""))
    missing = {
        "redirect_uri, which ends in /oauth2callback": redirect_uri.endswith("/oauth2callback"),
        f"cookie_secret of {_COOKIE_SECRET_LENGTH} characters or more": len(str(auth.get("cookie_secret", "")))
        >= _COOKIE_SECRET_LENGTH,
        "provider's client_id": bool(providers),
    }
    for what, is_there in missing.items():
        if not is_there:
            raise DeskError(
                "setting_invalid",
                f"[auth] in {settings.secrets_file} has no {what}.",
                "`.streamlit/secrets.toml.example` shows a whole section.",
            )
    return SignIn(providers, redirect_uri)


# The variables that hold a secret; each may be a file instead, which NAME_FILE names.
HOLD_SECRETS = (
    "DATABASE_URL",
    "TRAFFIC_DATABASE_URL",
    "MIGRATION_DATABASE_URL",
    "TRAFFIC_MIGRATION_DATABASE_URL",
    "PORTAL_DATABASE_URL",
    "SMTP_URL",
)


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the environment once. On the embedded database everything has a default; on a server the URLs are given.

    What holds a secret may lie in a file, as containers hand secrets over: `DATABASE_URL_FILE=/run/secrets/database`.
    """
    env = _with_files(os.environ if environ is None else environ)
    home = Path(env.get("DESK_HOME") or PROJECT).expanduser().resolve()
    app = _database_url(env, "DATABASE_URL", f"sqlite:///{home}/var/desk.db")
    if not app.startswith("sqlite") and not env.get("TRAFFIC_DATABASE_URL"):
        raise DeskError(
            "setting_missing",
            "TRAFFIC_DATABASE_URL is not set, although DATABASE_URL names a server.",
            "Set it to the traffic database on the server, such as mysql+pymysql://user:password@host/traffic.",
        )
    traffic = _database_url(env, "TRAFFIC_DATABASE_URL", f"sqlite:///{home}/var/traffic.db")
    return Settings(
        home=home,
        app_url=app,
        traffic_url=traffic,
        app_migration_url=_database_url(env, "MIGRATION_DATABASE_URL", app),
        traffic_migration_url=_database_url(env, "TRAFFIC_MIGRATION_DATABASE_URL", traffic),
        portal_url=_database_url(env, "PORTAL_DATABASE_URL", app),
        large_rows=_count(env, "DESK_LARGE_ROWS", _LARGE_ROWS),
        smtp_url=env.get("SMTP_URL", ""),
        mail_from=_mail_from(env),
        is_development=_is_on(env, "DESK_DEVELOPMENT"),
    )


def inner_hosts(environ: Mapping[str, str] | None = None) -> frozenset[str]:
    """The hosts of this machine or its network that accounts may be asked of (`DESK_INNER_HOSTS`, with commas)."""
    env = os.environ if environ is None else environ
    return frozenset(host.strip().lower() for host in env.get("DESK_INNER_HOSTS", "").split(",") if host.strip())


def _with_files(env: Mapping[str, str]) -> Mapping[str, str]:
    """The environment with what its NAME_FILE variables name read in; an error names the variable, never what is in it."""
    read = {name: _content(name, env) for name in HOLD_SECRETS if env.get(f"{name}_FILE")}
    return {**env, **read}


def _content(name: str, env: Mapping[str, str]) -> str:
    variable, path = f"{name}_FILE", Path(env[f"{name}_FILE"])
    if env.get(name):
        raise DeskError(
            "setting_invalid",
            f"{name} and {variable} are both set.",
            "Keep one of them: which is meant is not guessed.",
        )
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not text"
        raise DeskError(
            "setting_invalid",
            f"{variable} names {path}, which cannot be read: {why}.",
            "Name a file that the desk's own user may read, with the value alone in it.",
        ) from error
    if not value:
        raise DeskError("setting_invalid", f"{variable} names {path}, which is empty.", f"Write what {name} would be.")
    return value


def _is_on(env: Mapping[str, str], name: str) -> bool:
    value = env.get(name, "")
    if value not in ("", "0", "1"):
        raise DeskError(
            "setting_invalid", f"{name} is {value!r}, which is neither 1 nor 0.", "Write 1, or leave it out."
        )
    return value == "1"


def _count(env: Mapping[str, str], name: str, default: int) -> int:
    value = env.get(name) or str(default)
    if not (value.isascii() and value.isdecimal()):
        raise DeskError("setting_invalid", f"{name} is {value!r}, which is no count of rows.", "Write it as 20000.")
    return int(value)


def _mail_from(env: Mapping[str, str]) -> str:
    value = env.get("MAIL_FROM", "")
    if value and "@" not in value:
        raise DeskError("setting_invalid", f"MAIL_FROM is {value!r}, which is no address.", "Write it as a@b.example.")
    return value


def _database_url(env: Mapping[str, str], name: str, default: str) -> str:
    value = env.get(name) or default
    for prefix in ("mysql://", "mariadb://", "mariadb+pymysql://"):
        if value.startswith(prefix):
            # The mariadb dialect refuses MySQL and skips MySQL variants, so every server is spoken to as mysql+pymysql.
            value = "mysql+pymysql://" + value.removeprefix(prefix)
    if not value.startswith(("sqlite:///", "mysql+pymysql://")):
        raise DeskError(
            "setting_invalid",
            f"{name} names a database the desk does not speak.",
            "Use sqlite:///PATH or mysql+pymysql://user:password@host/database.",
        )
    if not _names_a_place(value):
        raise DeskError(
            "setting_invalid",
            f"{name} cannot be read: its host, port or database is missing or misspelt.",
            "Write it as sqlite:///PATH or mysql+pymysql://user:password@host:3306/database.",
        )
    return value


def _names_a_place(url: str) -> bool:
    """Whether an address that begins right goes on to say where: a file, or a host, a port that is a number, a database."""
    kind, _, rest = url.partition("://")
    if kind == "sqlite":
        return len(rest) > 1
    try:
        # A password may hold any sign but @, so it is left out before the rest is taken apart.
        place = urlsplit("//" + rest.rpartition("@")[2])
        return bool(place.hostname) and len(place.path) > 1 and place.port != 0
    except ValueError:
        return False
