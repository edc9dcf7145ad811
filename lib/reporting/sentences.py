"""The plain explanation: whole sentences from templates, holding only the numbers of what they explain.

They say more, fewer, higher or lower, never better: whether a movement is an improvement is for a person to say,
against a baseline (R4). Each names its source, its unit and its periods (R1, R14).
"""

from __future__ import annotations

from decimal import Decimal

from lib.domain.arriving.by_hand import caveat
from lib.domain.metrics import Aggregation, Metric
from lib.errors import DeskError
from lib.reporting.amounts import is_money, plain, with_unit
from lib.reporting.compare import Comparison
from lib.reporting.left_out import ANY_CLASS, entries_left_out
from lib.reporting.periods import range_in_words, when
from lib.reporting.series import PeriodValue

NOT_ENOUGH = "Not enough data to say"
ORDINARY = "within ordinary variation"


def metric_sentence(metric: Metric, period: PeriodValue) -> str:
    """The one clear sentence of a metric (R14): source, period, unit and what it means to the client.

    DeskError `metric_incomplete` names what the definition lacks; such a metric is neither rolled up nor shown.
    """
    require_complete(metric)
    label, source, meaning = metric.template.label, metric.source_label, metric.template.client_meaning.strip(" .")
    if period.value is None:
        said = f"(in {metric.template.unit}) {'has no value' if period.is_undefined else 'is unknown'}"
    else:
        said = f"stood at {with_unit(period.value, metric.template.unit)}"
    clause = "" if period.complete else f", with {_missing(period)}"
    return f"{label} from {source} {said} {when(period.range)}{clause}: {meaning}."


def require_complete(metric: Metric) -> None:
    """DeskError `metric_incomplete` unless source, label, unit and client meaning are there to make a sentence of."""
    missing = metric.missing_for_a_sentence()
    if missing:
        raise DeskError(
            "metric_incomplete",
            f"The metric {metric.name} cannot be shown: it has no {' and no '.join(missing)}.",
            "Fill that in on its definition; a metric is shown only when one clear sentence can be made of it.",
        )


def comparison_sentence(comparison: Comparison) -> str:
    """What a comparison says, in a few calm sentences; every number in them is a field of the comparison."""
    sentences = [_opening(comparison), *_findings(comparison), _left_out(comparison), by_hand_words(comparison)]
    return " ".join(each for each in sentences if each)


def status_words(comparison: Comparison) -> str:
    """The comparison in at most four words, for a badge."""
    if not comparison.is_comparable:
        return "Not comparable"
    if not comparison.is_complete:
        return "Not complete yet"
    if comparison.is_ordinary is None:
        return NOT_ENOUGH
    return "Within ordinary variation" if comparison.is_ordinary else "More than ordinary variation"


def _opening(comparison: Comparison) -> str:
    """Both values with their periods, and the movement where one may be stated."""
    current, baseline = comparison.current, comparison.baseline
    subject = f"{comparison.label} from {comparison.source}"
    if current.value is None:
        unknown = _unknown(current, "for the current period")
        return f"{subject} (in {comparison.unit}): {unknown}; {_baseline_aside(comparison)}."
    now = f"{subject} stood at {with_unit(current.value, comparison.unit)} {when(current.range)}"
    if baseline.value is None:
        return f"{now}; for the {comparison.beside} {when(baseline.range)}, {_unknown(baseline, '')}."
    against = (
        f"{now}, against {with_unit(baseline.value, comparison.unit)} in the {comparison.beside}, {_name(baseline)}"
    )
    movement = movement_words(comparison)
    return f"{against}: {movement}." if movement else f"{against}."


def _name(period: PeriodValue) -> str:
    return range_in_words(period.range)


def _unknown(period: PeriodValue, which: str) -> str:
    why = "there was nothing to divide by" if period.is_undefined else "no data has arrived"
    where = f" {which} {when(period.range)}" if which else ""
    return f"not enough data to say{where}, because {why}"


def _baseline_aside(comparison: Comparison) -> str:
    baseline = comparison.baseline
    if baseline.value is None:
        return f"the {comparison.beside} {when(baseline.range)} is unknown too"
    return f"the {comparison.beside}, {_name(baseline)}, stood at {with_unit(baseline.value, comparison.unit)}"


def _findings(comparison: Comparison) -> list[str]:
    """What follows from the two values, or why nothing does."""
    findings = []
    if not comparison.is_comparable:
        return [f"The two are not comparable, because {comparison.why_not}.", *_lengths(comparison)]
    if not comparison.is_complete:
        return [_incomplete(comparison)] if comparison.change is not None else []
    if comparison.change is None:
        return []
    if comparison.baseline.value is not None and comparison.baseline.value <= 0 and comparison.unit != "percent":
        zero = "zero" if comparison.baseline.value == 0 else "below zero"
        findings.append(f"The {comparison.beside} is {zero}, so no percentage is given.")
    return [*findings, *_lengths(comparison), _variation(comparison)]


def _lengths(comparison: Comparison) -> list[str]:
    before, now = comparison.baseline.days, comparison.current.days
    if before == now:
        return []
    return [f"The {comparison.beside} has {_days(before)} and the current period {_days(now)}."]


def _days(count: int) -> str:
    return f"{count:,} {'day' if count == 1 else 'days'}"


def _missing(period: PeriodValue) -> str:
    return f"{period.missing_days:,} of {_days(period.days)} not complete"


def _incomplete(comparison: Comparison) -> str:
    sides = (("current period", comparison.current), (comparison.beside, comparison.baseline))
    missing = [f"the {name} has {_missing(period)}" for name, period in sides if not period.complete]
    return f"{NOT_ENOUGH} more: {' and '.join(missing)}, so no percentage is given."


def _movement(comparison: Comparison, change: Decimal) -> str:
    if change == 0:
        return "the same as before"
    direction = _direction(comparison, change)
    movement = f"{_amount(comparison, change)} {direction}"
    # A percentage of percentages misleads beside the points, and "0 % more" beside a movement says nothing.
    if comparison.unit == "percent" or not comparison.change_pct:
        return movement
    return f"{movement} ({plain(abs(comparison.change_pct))} % {direction})"


def _direction(comparison: Comparison, change: Decimal) -> str:
    is_counted = comparison.aggregation is not Aggregation.RATIO and not is_money(comparison.unit)
    up, down = ("more", "fewer") if is_counted else ("higher", "lower")
    return up if change > 0 else down


def _amount(comparison: Comparison, change: Decimal) -> str:
    """A difference without its direction: `13`, `$200.00`, `3.3 percentage points`."""
    if is_money(comparison.unit):
        return with_unit(abs(change), comparison.unit)
    points = {True: " percentage point", False: " percentage points"}[abs(change) == 1]
    return plain(abs(change)) + (points if comparison.unit == "percent" else "")


def _variation(comparison: Comparison) -> str:
    if comparison.interval is None or comparison.is_ordinary is None:
        return f"{NOT_ENOUGH} whether this is more than ordinary variation, because {comparison.why_no_interval}."
    likely = _likely(comparison, *comparison.interval)
    if not comparison.is_ordinary:
        return f"{likely}."
    if not comparison.is_calendar_effect:
        return f"{likely}, {ORDINARY}."
    return f"{likely}; the days and weekdays of the two periods could alone make this difference, so it is {ORDINARY}."


def _likely(comparison: Comparison, low: Decimal, high: Decimal) -> str:
    """`Likely between 6 and 20 more`, `Likely between 3 fewer and 9 more`; the smaller movement comes first."""
    if low == high:
        return f"Likely {_movement_end(comparison, low)}"
    if low >= 0 or high <= 0:
        near, far = sorted((low, high), key=abs)
        return f"Likely between {_amount(comparison, near)} and {_movement_end(comparison, far)}"
    return f"Likely between {_movement_end(comparison, low)} and {_movement_end(comparison, high)}"


def _movement_end(comparison: Comparison, end: Decimal) -> str:
    return f"{_amount(comparison, end)} {_direction(comparison, end)}" if end else "no difference"


def _left_out(comparison: Comparison) -> str:
    """How many entries do not count, and of which class (R10); said of each period that has any."""
    sides = ((comparison.current, "current period"), (comparison.baseline, comparison.beside))
    said: list[str] = []
    for side, name in sides:
        if side.excluded:
            words = entries_left_out(side.excluded, side.excluded_classes)
            # The four classes are named once.
            is_named = bool(said) and ANY_CLASS in said[0] and ANY_CLASS in words
            said.append(f"{f'{side.excluded:,}' if is_named else words} of the {name}")
    if not said:
        return ""
    verb = "was" if comparison.current.excluded + comparison.baseline.excluded == 1 else "were"
    return f"{' and '.join(said)} {verb} left out."


def movement_words(comparison: Comparison) -> str:
    """The movement by itself: `61 more (21.3 % more)`, `the same as before`; '' where none may be stated."""
    if not comparison.is_comparable or not comparison.is_complete or comparison.change is None:
        return ""
    return _movement(comparison, comparison.change)


def interval_words(comparison: Comparison) -> str:
    """How far the movement may lie from that: `Likely between 6 and 20 more`; '' where there is no interval."""
    return "" if comparison.interval is None else _likely(comparison, *comparison.interval)


def by_hand_words(comparison: Comparison) -> str:
    """That part of a period was entered by hand (R16), in one sentence; '' where nothing was."""
    before, now = comparison.by_hand
    return caveat(("current period", now), (comparison.beside, before))


def left_out_words(comparison: Comparison) -> str:
    """What is not counted, in one sentence; '' where nothing is left out."""
    return _left_out(comparison)
