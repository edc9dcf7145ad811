"""Taken out one by one: the audit log."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest

from lib.errors import DeskError
from tests.security.taken_out.defence import Defence


def _lines_without_seals(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.access import audit_chain

    patch.setattr(audit_chain, "_break_at", lambda *_: None)


def _seals_that_anybody_makes(patch: pytest.MonkeyPatch) -> None:
    from lib.domain.access import audit_chain

    sealed = audit_chain.sealed
    patch.setattr(audit_chain, "sealed", lambda _key, previous, line: sealed(b"x" * 32, previous, line))


def _no_anchors(patch: pytest.MonkeyPatch) -> None:
    from lib.db.audit.anchors import AnchorFile

    patch.setattr(AnchorFile, "kept", lambda _: None)


def _heads_nobody_waits_for(patch: pytest.MonkeyPatch) -> None:
    from sqlalchemy import func, select

    from lib.db.audit import chain as audit_chain
    from lib.db.tables.audit import audit_log
    from lib.domain.access.audit_chain import BEFORE_THE_FIRST

    def taken(connection: Any, _count: int) -> tuple[int, str]:
        last = connection.execute(select(func.max(audit_log.c.id))).scalar() or 0
        seal = connection.execute(select(audit_log.c.seal).where(audit_log.c.id == last)).scalar()
        return last, seal or BEFORE_THE_FIRST

    patch.setattr(audit_chain, "_taken", taken)


def _looks_nobody_writes_down(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories.audit import AuditRepository

    patch.setattr(AuditRepository, "saw", lambda *_, **__: None)


def _answers_before_the_log(patch: pytest.MonkeyPatch) -> None:
    from lib.db.unit_of_work import Desk

    write_down = Desk._write_down

    def tried(desk: Desk, *seen: Any) -> None:
        with contextlib.suppress(DeskError):
            write_down(desk, *seen)

    patch.setattr(Desk, "_write_down", tried)


def _looks_in_anothers_name(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories import audit
    from lib.domain.access.origins import Origin

    patch.setattr(audit, "origin", Origin)


def _secrets_in_the_log(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories import audit

    patch.setattr(audit, "looks_like_a_secret", lambda _: False)


def _everybodys_lines(patch: pytest.MonkeyPatch) -> None:
    from lib.db.repositories.audit import AuditRepository

    patch.setattr(AuditRepository, "_asked", lambda *_: [])


def _formulas_in_the_log(patch: pytest.MonkeyPatch) -> None:
    from lib.mapping import safe_csv

    patch.setattr(safe_csv, "harmless", lambda column: column)


_CHAIN = "tests/integration/data_layer/test_audit_chain.py::"
_LOG = "tests/integration/test_audit_log.py::"
DEFENCES: tuple[Defence, ...] = (
    Defence(
        "a changed line of the audit log is found",
        _lines_without_seals,
        _CHAIN + "test_a_changed_line_is_found_by_its_position[detail]",
    ),
    Defence(
        "the audit log is sealed with the desk's own key",
        _seals_that_anybody_makes,
        _CHAIN + "test_whoever_has_no_key_cannot_seal_anew_and_whoever_has_it_meets_the_anchors",
    ),
    Defence(
        "the end of the audit log is kept outside the database",
        _no_anchors,
        _CHAIN + "test_a_cut_off_end_is_found_by_the_anchors_although_the_head_was_set_back",
    ),
    Defence(
        "writers of the audit log wait for its head",
        _heads_nobody_waits_for,
        _CHAIN + "test_eight_writers_at_once_make_one_chain[mariadb-5]",
        is_quick=False,
    ),
    Defence(
        "reads in the clear are logged",
        _looks_nobody_writes_down,
        _LOG + "test_rows_records_and_people_found_in_the_clear_are_logged_for_who_sees_them",
    ),
    Defence(
        "what cannot be logged is not handed out",
        _answers_before_the_log,
        _LOG + "test_what_cannot_be_logged_is_not_handed_out",
    ),
    Defence(
        "who looks as somebody is the one who looked",
        _looks_in_anothers_name,
        _LOG + "test_whoever_reads_in_anothers_name_is_the_one_who_read",
    ),
    Defence("no secret enters the audit log", _secrets_in_the_log, _LOG + "test_a_secret_in_a_detail_is_left_out"),
    Defence(
        "an owner reads the audit log of their clients",
        _everybodys_lines,
        _LOG + "test_whoever_asks_gets_their_clients_lines_only",
    ),
    Defence(
        "no spreadsheet runs anything of the audit log",
        _formulas_in_the_log,
        _LOG + "test_an_export_holds_every_line_runs_nothing_in_a_spreadsheet_and_is_logged",
    ),
)
