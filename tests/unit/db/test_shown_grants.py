"""What SHOW GRANTS says is taken apart, compared with what is needed, and never repeats the hash of a password."""

from __future__ import annotations

import pytest

from lib.db.append_only import APPEND_ONLY
from lib.db.migrations.history import APP
from lib.db.rights.held_rights import read_grants
from lib.db.rights.needed import Part, Right, changing_tables, granting, in_words, lacking, needed, revoking, too_much

ME = "'desk'@'%'"
HASH = "*7648E52EC79D4BB879B7B913F0B8BBF8DC4AB6CC"
# As MariaDB 10.11 and MySQL 8 write them.
LINES = {
    f"GRANT USAGE ON *.* TO `desk`@`%` IDENTIFIED BY PASSWORD '{HASH}'": [],
    f"GRANT FILE ON *.* TO `desk`@`%` IDENTIFIED BY PASSWORD '{HASH}' WITH GRANT OPTION": [
        Right("FILE", "*", "*"),
        Right("GRANT OPTION", "*", "*"),
    ],
    "GRANT SELECT, INSERT (`b`, `we``ird, one`) ON `desk_db`.`rows` TO `desk`@`%`": [
        Right("SELECT", "desk_db", "rows"),
        Right("INSERT", "desk_db", "rows", frozenset({"b", "we`ird, one"})),
    ],
    r"GRANT CREATE VIEW ON `desk\_db`.* TO 'desk'@'%'": [Right("CREATE VIEW", r"desk\_db", "*")],
    "GRANT EXECUTE ON PROCEDURE `desk_db`.`p` TO `desk`@`%`": [Right("EXECUTE", "desk_db", "PROCEDURE p")],
    "GRANT ALL ON *.* TO `desk`@`%`": [Right("ALL PRIVILEGES", "*", "*")],
    "GRANT BACKUP_ADMIN,CLONE_ADMIN ON *.* TO `desk`@`%`": [
        Right("BACKUP_ADMIN", "*", "*"),
        Right("CLONE_ADMIN", "*", "*"),
    ],
    "GRANT SELECT ON *.* TO PUBLIC": [Right("SELECT", "*", "*", role="PUBLIC")],
    "GRANT `r1`@`%`,`r2`@`%` TO `desk`@`%`": [],
    "SET DEFAULT ROLE `r` FOR `desk`@`%`": [],
}


@pytest.mark.parametrize("line", LINES)
def test_a_line_of_either_server_is_read(line: str) -> None:
    found = read_grants(ME, [line], {})
    assert (list(found.rights), found.unread) == (LINES[line], ())


def test_a_line_that_is_not_understood_is_handed_on_without_the_hash() -> None:
    line = f"GRANT SOMETHING NEW `x` TO `desk`@`%` IDENTIFIED BY PASSWORD '{HASH}'"
    found = read_grants(ME, [line], {})
    assert (found.rights, found.unread) == ((), ("GRANT SOMETHING NEW `x` TO `desk`@`%`",))


def test_what_comes_through_a_role_is_told_with_it_and_counts_where_it_is_taken_on() -> None:
    own = ["GRANT `r` TO `desk`@`%`", "GRANT USAGE ON *.* TO `desk`@`%`"]
    through = {"`r`": [*own, "GRANT SELECT ON `d`.`t` TO `r`", "GRANT DROP ON `d`.* TO `inner`"]}
    wanted = [Right("SELECT", "d", "t")]
    idle, active = read_grants(ME, own, through), read_grants(ME, own, through, active="r")
    # A role that is not taken on gives nothing, and could be taken on at any moment.
    assert lacking(wanted, idle.rights) == wanted
    assert lacking(wanted, active.rights) == []
    for held in (idle, active):
        assert in_words(too_much(wanted, held.rights)) == "DROP (through the role r) on d.*"
        assert changing_tables(held.rights, "d")
    assert revoking(too_much(wanted, active.rights), ME) == ["REVOKE `r` FROM 'desk'@'%';"]


@pytest.mark.parametrize(
    ("held", "lacks", "too_wide"),
    [
        ("GRANT SELECT, UPDATE (`a`) ON `d`.`t` TO `desk`@`%`", "", ""),
        ("GRANT SELECT (`a`), UPDATE (`a`) ON `d`.`t` TO `desk`@`%`", "SELECT on d.t", ""),
        ("GRANT SELECT, UPDATE ON `d`.`t` TO `desk`@`%`", "", "UPDATE on d.t"),
        ("GRANT SELECT, UPDATE (`a`, `b`) ON `d`.`t` TO `desk`@`%`", "", "UPDATE (`a`, `b`) on d.t"),
        ("GRANT SELECT, UPDATE ON `d`.* TO `desk`@`%`", "", "SELECT, UPDATE on d.*"),
        ("GRANT SELECT, UPDATE ON `_`.* TO `desk`@`%`", "", "SELECT, UPDATE on _.*"),
        (r"GRANT SELECT, UPDATE ON `\_`.* TO `desk`@`%`", "SELECT, UPDATE (`a`) on d.t", r"SELECT, UPDATE on \_.*"),
        ("GRANT ALL PRIVILEGES ON *.* TO `desk`@`%` WITH GRANT OPTION", "", "ALL PRIVILEGES, GRANT OPTION on *.*"),
        (
            "GRANT SELECT, UPDATE ON `other`.`t` TO `desk`@`%`",
            "SELECT, UPDATE (`a`) on d.t",
            "SELECT, UPDATE on other.t",
        ),
    ],
)
def test_every_right_that_lacks_and_every_one_too_many_is_named(held: str, lacks: str, too_wide: str) -> None:
    wanted = [Right("SELECT", "d", "t"), Right("UPDATE", "d", "t", frozenset({"a"}))]
    rights = read_grants(ME, [held], {}).rights
    assert in_words(lacking(wanted, rights)) == lacks
    assert in_words(too_much(wanted, rights)) == too_wide


def test_what_is_granted_and_read_back_is_exactly_what_is_needed() -> None:
    for part in Part:
        wanted = needed(part, APP, "desk_db")
        lines = [line.rstrip(";").replace("'", "`") for line in granting(wanted, ME)]
        rights = read_grants(ME, lines, {}).rights
        assert (lacking(wanted, rights), too_much(wanted, rights)) == ([], []), part


def test_the_running_app_rewrites_nothing_that_is_append_only_and_the_portal_reads_views_alone() -> None:
    running, portal = needed(Part.RUN, APP, "d"), needed(Part.PORTAL, APP, "d")
    assert not changing_tables(running, "d")
    for table, columns in APPEND_ONLY.items():
        rights = {right.name: right.columns for right in running if right.table == table}
        assert set(rights) == {"SELECT", "INSERT"} | ({"UPDATE"} if columns else set())
        assert rights.get("UPDATE", frozenset()) == columns
    assert {(right.name, right.table) for right in portal} == {("SELECT", view.name) for view in APP.views}
