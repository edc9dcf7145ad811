"""The breaker: any row of failures, successes and waits keeps it in one of three places, and one trial goes through."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lib.domain.running.breaker import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    OPENS_AT,
    TRIAL_LASTS,
    WARNS_AT,
    BreakerPlace,
    BreakerState,
    Standing,
    after_failure,
    after_success,
    turn_at,
)
from lib.domain.running.retrying import ErrorClass

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DOWN = ErrorClass.UNAVAILABLE


def failed(state: BreakerState, times: int = 1, kind: ErrorClass = DOWN, now: datetime = NOON) -> BreakerState:
    for _ in range(times):
        state = after_failure(state, kind, "It does not answer.", now)
    return state


def test_it_warns_before_it_opens_and_a_success_forgives_everything() -> None:
    standings = [failed(BreakerState(), times).standing for times in range(OPENS_AT + 1)]
    assert standings == [Standing.CALM] * WARNS_AT + [Standing.WARNED] * (OPENS_AT - WARNS_AT) + [Standing.OPENED]
    assert after_success(failed(BreakerState(), OPENS_AT)) == BreakerState()


def test_refused_credentials_open_it_at_once_and_trouble_of_ours_never() -> None:
    assert failed(BreakerState(), kind=ErrorClass.REFUSED).place is BreakerPlace.OPEN
    for kind in (ErrorClass.OURS, ErrorClass.BROKEN):
        assert failed(BreakerState(), 50, kind) == BreakerState()


def test_one_trial_goes_through_and_the_rest_wait_for_it() -> None:
    opened = failed(BreakerState(), OPENS_AT)
    assert opened.try_at == NOON + FIRST_PAUSE
    early = turn_at(opened, NOON + FIRST_PAUSE - timedelta(microseconds=1))
    assert (early.is_mine, early.wait_until, early.after) == (False, opened.try_at, opened)
    trial = turn_at(opened, NOON + FIRST_PAUSE)
    assert (trial.is_mine, trial.after.place) == (True, BreakerPlace.HALF_OPEN)
    second = turn_at(trial.after, NOON + FIRST_PAUSE)
    assert (second.is_mine, second.wait_until) == (False, NOON + FIRST_PAUSE + TRIAL_LASTS)
    assert turn_at(trial.after, NOON + FIRST_PAUSE + TRIAL_LASTS).is_mine


def test_failed_trials_double_the_pause_up_to_six_hours() -> None:
    state, now, pauses = failed(BreakerState(), OPENS_AT), NOON, []
    for _ in range(10):
        assert state.try_at is not None
        pauses.append(state.try_at - now)
        now = state.try_at
        state = failed(turn_at(state, now).after, now=now)
    assert pauses == [min(FIRST_PAUSE * 2**times, LONGEST_PAUSE) for times in range(10)]
    assert state.opened_at == NOON


def test_it_stays_away_as_long_as_it_was_told() -> None:
    told = after_failure(failed(BreakerState(), OPENS_AT - 1), ErrorClass.RATE_LIMITED, "Enough.", NOON, 7200)
    assert told.try_at == NOON + timedelta(hours=2)


KINDS = st.sampled_from([*ErrorClass])
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("fail"), KINDS),
        st.tuples(st.just("succeed"), st.none()),
        st.tuples(st.just("ask"), st.none()),
        st.tuples(st.just("wait"), st.integers(1, 8 * 3600)),
    ),
    max_size=60,
)


@given(EVENTS)
def test_whatever_happens_it_never_lets_two_through_and_never_stays_shut(events: list[tuple[str, object]]) -> None:
    state, now, trials_since = BreakerState(), NOON, None
    for what, told in events:
        if what == "wait":
            assert isinstance(told, int)
            now += timedelta(seconds=told)
        elif what == "succeed":
            state, trials_since = after_success(state), None
        elif what == "fail":
            assert isinstance(told, ErrorClass)
            before = state
            state = after_failure(state, told, "It failed.", now)
            if told in (ErrorClass.OURS, ErrorClass.BROKEN):
                assert state == before
            else:
                assert state.failures == before.failures + 1
                trials_since = None if state.place is BreakerPlace.OPEN else trials_since
        else:
            turn = turn_at(state, now)
            if turn.is_mine and state.place is not BreakerPlace.CLOSED:
                assert trials_since is None or now - trials_since >= TRIAL_LASTS
                trials_since = now
            elif not turn.is_mine:
                assert turn.wait_until is not None
                assert now < turn.wait_until <= now + max(LONGEST_PAUSE, TRIAL_LASTS)
            state = turn.after
        assert (state.place is BreakerPlace.CLOSED) == (state.try_at is None) == (state.opened_at is None)
        assert state.failures < OPENS_AT or state.place is not BreakerPlace.CLOSED
        # It opens by itself again: at its moment somebody is let through.
        if state.try_at is not None:
            assert turn_at(state, state.try_at).is_mine
