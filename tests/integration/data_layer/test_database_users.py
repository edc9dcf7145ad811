"""Three database users on a real server: what `grants` prints is what they need, and `doctor` tells every difference."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.db.rights.grants import grant_script
from lib.db.rights.needed import Part
from lib.errors import DeskError
from lib.pipeline.migrating import migrate
from lib.pipeline.opening import open_desk
from lib.services.running import doctor
from lib.services.running.doctor import WARNING, WRONG, Finding
from tests.builders import code_of, settings_on
from tests.integration.data_layer.three_users import ThreeUsers, run_script, three_users
from tests.integration.data_layer.watching import a_user, on_server
from tests.servers import database_of, drop_databases, fresh_databases, mariadb_server
from tests.terminal import Terminal


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ThreeUsers]:
    """Made once for the module: every test leaves them with exactly what they need."""
    urls = fresh_databases(mariadb_server())
    with three_users(urls, tmp_path_factory.mktemp("users")) as found:
        yield found
    drop_databases(mariadb_server(), *urls)


@pytest.fixture(autouse=True)
def mended(users: ThreeUsers) -> Iterator[None]:
    """Whatever a test gave or took away, what `grants` prints then puts right."""
    yield
    run_script(users.settings)
    assert doctor.examine_databases(users.settings) == []


def app(users: ThreeUsers) -> str:
    """The app database's name."""
    return database_of(users.settings.app_url)


def only(users: ThreeUsers) -> Finding:
    """The one thing that the doctor finds."""
    (found,) = doctor.examine_databases(users.settings)
    return found


def test_what_is_printed_is_all_that_is_needed_and_the_doctor_has_nothing_to_say(users: ThreeUsers) -> None:
    assert doctor.examine_databases(users.settings) == []
    open_desk(users.settings).close()


def test_a_right_that_lacks_is_named_with_its_table(users: ThreeUsers) -> None:
    on_server(mariadb_server(), f"REVOKE INSERT ON {app(users)}.audit_log FROM {users.running.user}@'%'")
    found = only(users)
    assert (found.severity, found.code) == (WRONG, "rights_missing")
    assert (
        f"{users.running.user} (DATABASE_URL, TRAFFIC_DATABASE_URL) lacks INSERT on {app(users)}.audit_log"
        in found.sentence
    )


def test_a_view_that_the_portal_may_not_read_is_named(users: ThreeUsers) -> None:
    on_server(mariadb_server(), f"REVOKE SELECT ON {app(users)}.portal_clients FROM {users.reading.user}@'%'")
    assert f"(PORTAL_DATABASE_URL) lacks SELECT on {app(users)}.portal_clients" in only(users).sentence


def test_a_table_that_the_portal_may_read_is_one_right_too_many(users: ThreeUsers) -> None:
    on_server(mariadb_server(), f"GRANT SELECT ON {app(users)}.crm_leads TO {users.reading.user}@'%'")
    found = only(users)
    assert (found.severity, found.code) == (WARNING, "rights_too_many")
    assert f"SELECT on {app(users)}.crm_leads" in found.sentence


def test_history_that_could_be_rewritten_is_one_right_too_many(users: ThreeUsers) -> None:
    on_server(mariadb_server(), f"GRANT UPDATE, DELETE ON {app(users)}.audit_log TO {users.running.user}@'%'")
    assert f"has more than it needs: UPDATE, DELETE on {app(users)}.audit_log" in only(users).sentence


def test_what_everybody_has_counts_and_is_taken_back_from_everybody(users: ThreeUsers) -> None:
    on_server(mariadb_server(), f"GRANT SELECT ON {app(users)}.* TO PUBLIC")
    found = doctor.examine_databases(users.settings)
    assert {item.code for item in found} == {"rights_too_many"}
    assert all("through the role PUBLIC" in item.sentence for item in found)


@pytest.mark.parametrize("is_taken_on", [True, False])
def test_what_comes_through_a_role_is_found_and_refused_also_while_it_is_not_taken_on(
    users: ThreeUsers, *, is_taken_on: bool
) -> None:
    # In MySQL a role has a host, most often %, so a name with that sign stands for it here.
    name, who = f"r%{users.running.user}_{is_taken_on}", f"{users.running.user}@'%'"
    role, server = f"`{name}`", mariadb_server()
    on_server(server, f"CREATE ROLE {role}", f"GRANT CREATE ON {app(users)}.* TO {role}", f"GRANT {role} TO {who}")
    if is_taken_on:
        on_server(mariadb_server(), f"SET DEFAULT ROLE {role} FOR {who}")
    try:
        assert f"CREATE (through the role {name}) on {app(users)}.*" in only(users).sentence
        with pytest.raises(DeskError) as refused:
            open_desk(users.settings)
        assert code_of(refused) == "too_many_rights"
    finally:
        on_server(mariadb_server(), f"DROP ROLE {role}")


@pytest.mark.parametrize("right", ["DROP", "ALTER", "CREATE", "INDEX", "CREATE VIEW"])
def test_the_desk_does_not_run_as_a_user_who_may_change_tables(users: ThreeUsers, right: str) -> None:
    place = f"{app(users)}.crm_leads" if right in ("ALTER", "INDEX") else f"{app(users)}.*"
    on_server(mariadb_server(), f"GRANT {right} ON {place} TO {users.running.user}@'%'")
    with pytest.raises(DeskError) as refused:
        open_desk(users.settings)
    assert code_of(refused) == "too_many_rights"
    assert f"{right} on {place}" in refused.value.message
    found = {item.code: item.severity for item in doctor.examine_databases(users.settings)}
    assert found == {"rights_too_many": WRONG} | ({"may_drop": WRONG} if right == "DROP" else {})
    # Unless it is told that this desk is only developed.
    open_desk(dataclasses.replace(users.settings, is_development=True)).close()


def test_no_command_and_no_worker_runs_as_such_a_user(users: ThreeUsers, tmp_path: Path) -> None:
    server, settings = mariadb_server(), users.settings
    on_server(server, f"GRANT ALTER ON {app(users)}.* TO {users.running.user}@'%'")
    run = Terminal(tmp_path, (settings.app_url, settings.traffic_url), DESK_DEVELOPMENT="0")
    for words in (("client", "list"), ("worker", "--once")):
        said = run(*words)
        assert (said.code, said.out, said.err.count("\n")) == (1, "", 1), said.err
        assert "may change what its tables are" in said.err
        assert users.running.password not in said.err
    said = run("doctor")
    assert said.code == 1
    assert f"has more than it needs: ALTER on {app(users)}.*" in said.out


def test_rights_are_told_without_a_password_or_its_hash(users: ThreeUsers) -> None:
    on_server(mariadb_server(), f"GRANT FILE ON *.* TO {users.running.user}@'%'")
    told = repr(doctor.examine_databases(users.settings)) + "\n".join(grant_script(users.settings, {}, "%"))
    assert "FILE on *.*" in told
    assert "REVOKE FILE ON *.*" in told
    for user in (users.migrating, users.running, users.reading):
        assert user.password not in told
    assert "IDENTIFIED BY PASSWORD" not in told


def test_one_user_for_everything_is_told_to_be_three(mariadb_urls: tuple[str, str], tmp_path: Path) -> None:
    settings = settings_on(mariadb_urls, tmp_path)
    migrate(settings)
    found = {item.code: item.sentence for item in doctor.examine_databases(settings)}
    assert set(found) == {"same_user", "may_drop", "rights_too_many", "portal_not_apart"}
    assert "who may read every table" in found["portal_not_apart"]
    lines = grant_script(settings, {Part.PORTAL: "'reader'@'10.0.0.%'"}, "10.0.0.7")
    # Whoever owns the tables goes on migrating; nothing is taken back but what that does not need.
    given = {line.rpartition(" TO ")[2] for line in lines if line.startswith("GRANT ")}
    owner = mariadb_server().user
    assert given == {f"'{owner}'@'%';", f"'{owner}_run'@'10.0.0.7';", "'reader'@'10.0.0.%';"}
    assert f"REVOKE ALL PRIVILEGES, GRANT OPTION ON *.* FROM '{owner}'@'%';" in lines


def test_a_migrating_user_named_elsewhere_is_no_trouble_of_this_desk(users: ThreeUsers) -> None:
    """The running desk need not know the password of the user that may change tables."""
    here = dataclasses.replace(
        users.settings,
        app_migration_url=users.settings.app_url,
        traffic_migration_url=users.settings.traffic_url,
    )
    assert doctor.examine_databases(here) == []


def test_a_user_that_cannot_be_asked_is_said_and_the_others_are_told_all_the_same(users: ThreeUsers) -> None:
    with a_user(mariadb_server()) as gone:
        url = gone.url(app(users))
    settings = dataclasses.replace(users.settings, portal_url=url)
    (found,) = doctor.examine_databases(settings)
    assert (found.severity, found.code) == (WRONG, "rights_not_told")
    lines = grant_script(settings, {}, "%")
    assert any(line.startswith(f"-- What {gone.user} holds could not be asked") for line in lines)
    assert f"GRANT SELECT ON `{app(users)}`.`portal_clients` TO '{gone.user}'@'%';" in lines
    assert gone.password not in "\n".join(lines)


def test_after_a_migration_the_terminal_says_that_rights_are_given_anew(
    mariadb_urls: tuple[str, str], tmp_path: Path
) -> None:
    run = Terminal(tmp_path, mariadb_urls)
    assert "python -m lib grants" in run("migrate").err
    assert run("migrate").err == ""
    said = run.ok("grants", "--portal", "'reader'@'%'")
    assert "portal_clients` TO 'reader'@'%';" in said
