"""Follows an account's policies: which rows are held, which values are blanked, which loads are stopped."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from lib.domain.findings import Finding
from lib.domain.objects import ObjectType
from lib.domain.rows.policies import Policies, ReasonPolicy
from lib.domain.verdicts import Severity
from lib.domain.wording import counted
from lib.mapping.keys import TEXT_DTYPE
from validation.checks import CheckReport, report_of
from validation.load_reasons import finding_of
from validation.reasons import severity_of


def apply_policy(
    report: CheckReport, frame: pd.DataFrame, policies: Policies, object_type: ObjectType
) -> tuple[pd.DataFrame, CheckReport]:
    """The frame and the report of one batch once the account's policies are followed.

    `hold` makes a reason block its rows, whatever it weighs. `blank` empties the cells it is about and lets the rows
    in with a warning; a required cell or the record's identifier is never blanked, so there the row is held. `stop`
    changes no row: `load_findings` counts them. What is handed in is left as it is.
    """
    reasons = report.reasons
    if not policies.by_code or not reasons["code"].isin(list(policies.by_code)).any():
        return frame, report
    pairs = reasons[["code", "column", "severity"]].drop_duplicates(["code", "column"], ignore_index=True)
    followed = [
        (_followed(policies, code, column, object_type), severity)
        for code, column, severity in pairs.itertuples(index=False)
    ]
    pairs["severity"] = pd.Series([str(then or before) for then, before in followed], dtype=TEXT_DTYPE)
    weighed = reasons.drop(columns="severity").merge(pairs, how="left", on=["code", "column"])
    is_blank = _asked_blank(policies, weighed, object_type)
    return _blanked(frame, weighed[is_blank]), report_of(weighed, len(frame))


def severity_under(policies: Policies, reason: str, object_type: ObjectType) -> Severity:
    """What a row's reason (`code` or `code:column`) weighs for an object in an account of these policies."""
    code, _, column = reason.partition(":")
    return _followed(policies, code, column, object_type) or severity_of(reason, object_type)


def _followed(policies: Policies, code: str, column: str, object_type: ObjectType) -> Severity | None:
    """The weight that a policy gives; None where the account leaves it as it is."""
    match policies.by_code.get(code):
        case ReasonPolicy.HOLD:
            return Severity.BLOCK
        case ReasonPolicy.BLANK:
            return Severity.BLOCK if column in _needed(object_type) else Severity.WARN
    return None


def _needed(object_type: ObjectType) -> set[str]:
    """The columns that are never blanked: without them a record would be none, or another one."""
    return {"external_id", *(column.name for column in object_type.columns if column.is_required)}


def _asked_blank(policies: Policies, reasons: pd.DataFrame, object_type: ObjectType) -> pd.Series[bool]:
    codes = [code for code, policy in policies.by_code.items() if policy is ReasonPolicy.BLANK]
    return reasons["code"].isin(codes) & ~reasons["column"].isin(list(_needed(object_type)))


def _blanked(frame: pd.DataFrame, cells: pd.DataFrame) -> pd.DataFrame:
    changed = {}
    for column, rows in cells.groupby("column")["row"]:
        if column in frame:
            is_out = pd.Series(False, index=frame.index)
            is_out.iloc[rows.to_numpy()] = True
            changed[str(column)] = frame[column].mask(is_out)
    return frame.assign(**changed) if changed else frame


def load_findings(
    policies: Policies, *, row_count: int, failed_count: int, reason_counts: Mapping[str, int]
) -> list[Finding]:
    """What an account's policies have against a whole load, by its counters: each of these blocks its approval.

    `reason_counts` says how many rows give each code, as a load keeps it.
    """
    stopped = [
        finding_of(
            "stopped_by_policy",
            f"{counted(reason_counts[code], 'row')} {'gives' if reason_counts[code] == 1 else 'give'} the reason "
            f"{code}, for which this account stops a load.",
            reason=code,
            rows=reason_counts[code],
        )
        for code, policy in policies.by_code.items()
        if policy is ReasonPolicy.STOP and reason_counts.get(code)
    ]
    return [*stopped, *_too_many(policies, row_count, failed_count)]


def _too_many(policies: Policies, rows: int, failed: int) -> list[Finding]:
    most, percent = policies.max_failed_rows, policies.max_failed_percent
    if most is not None and failed > most:
        sentence = f"{counted(failed, 'row')} failed; this account puts up with {most:,}."
        return [finding_of("too_many_failed", sentence, failed=failed, rows=rows, most=most)]
    if percent is not None and failed * 100 > percent * rows:
        sentence = (
            f"{failed:,} of {counted(rows, 'row')} failed, {failed / rows:.1%}; this account puts up with {percent} %."
        )
        return [finding_of("too_many_failed", sentence, failed=failed, rows=rows, most_percent=percent)]
    return []


def judged_arrival(findings: list[Finding], policies: Policies) -> list[Finding]:
    """Findings about an arrival, with those blocking for which the account stops a load."""
    stopped = {code for code, policy in policies.by_code.items() if policy is ReasonPolicy.STOP}
    return [
        Finding(item.code, Severity.BLOCK, item.sentence, item.mend, item.numbers) if item.code in stopped else item
        for item in findings
    ]
