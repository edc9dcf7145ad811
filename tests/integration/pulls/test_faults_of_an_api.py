"""Whatever goes wrong with an API, either every record is there once, or one clear sentence says why none is."""

from __future__ import annotations

import logging
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from lib.errors import DeskError
from lib.intake.api.asking import Caller
from tests.integration.pulls.asking import SECRETS, STYLES, Time, a_ledger, a_place, a_plain_source, lines
from tests.standins import Fault, PlainApi, ServiceTitan, StandIn
from tests.standins import plain as pl

PAGED = tuple(style for style in STYLES if style != "single")
PASSING = ("rate_limited", "error", "cut_off", "dropped")


@pytest.mark.parametrize("style", STYLES)
def test_every_record_comes_once_in_every_style_of_paging(style: str, tmp_path: Path) -> None:
    with a_place(style) as place:
        got = place.fetch(tmp_path / "out")
        assert lines(tmp_path / "out") == place.expected
        assert (got.rows, got.repeated) == (25, 0)
        assert got.pages == (1 if style == "single" else 3)
        assert got.total in (None, 25)


@pytest.mark.parametrize("kind", PASSING)
@pytest.mark.parametrize("style", STYLES)
def test_a_passing_fault_is_tried_again_and_nothing_is_lost(style: str, kind: str, tmp_path: Path) -> None:
    with a_place(style) as place:
        place.stand_in.faults.append(Fault(kind, times=2, after=0 if style == "single" else 1, seconds=7))
        assert place.fetch(tmp_path / "out").rows == 25
        assert lines(tmp_path / "out") == place.expected
        pauses = place.time.slept
        assert len(pauses) == 2
        assert pauses == [7, 7] if kind == "rate_limited" else 1 <= pauses[0] <= 2 <= pauses[1] <= 3


def test_an_answer_that_is_too_slow_is_asked_for_again(tmp_path: Path) -> None:
    with a_place("page") as place:
        place.stand_in.faults.append(Fault("slow"))
        assert place.fetch(tmp_path / "out").rows == 25


@pytest.mark.parametrize(
    ("kind", "code"), [("rate_limited", "rate_limited"), ("error", "unavailable"), ("cut_off", "unavailable")]
)
def test_trouble_that_stays_ends_after_a_few_tries_and_may_be_tried_another_time(
    kind: str, code: str, tmp_path: Path
) -> None:
    with a_place("page") as place:
        place.stand_in.faults.append(Fault(kind, times=99, after=1))
        with pytest.raises(DeskError) as met:
            place.fetch(tmp_path / "out", tries=3)
        assert (met.value.code, met.value.is_retryable) == (code, True)
        assert len(place.stand_in.data_requests) == 1 + 3


def test_a_long_pause_that_is_asked_for_is_left_to_the_next_run(tmp_path: Path) -> None:
    """A worker does not sit through an hour: the job is put off for so long."""
    with a_place("page") as place:
        place.stand_in.faults.append(Fault("rate_limited", times=99, seconds=3600))
        with pytest.raises(DeskError) as met:
            place.fetch(tmp_path / "out")
        assert (met.value.code, met.value.retry_after) == ("rate_limited", 3600)
        assert place.time.slept == []


def test_retry_after_as_a_date_counts_by_the_clock_of_whoever_says_it(tmp_path: Path) -> None:
    with a_place("page") as place:
        place.stand_in.skew = timedelta(hours=3)
        place.stand_in.faults.append(Fault("rate_limited", until=place.stand_in.now + timedelta(seconds=20)))
        assert place.fetch(tmp_path / "out").rows == 25
        assert place.time.slept == [pytest.approx(20, abs=1)]


@pytest.mark.parametrize("style", PAGED)
def test_a_page_that_comes_twice_is_asked_for_again(style: str, tmp_path: Path) -> None:
    with a_place(style) as place:
        place.stand_in.faults.append(Fault("repeated", times=1, after=1))
        assert place.fetch(tmp_path / "out").rows == 25
        assert lines(tmp_path / "out") == place.expected


@pytest.mark.parametrize("style", PAGED)
def test_a_page_that_stays_repeated_ends_the_pull(style: str, tmp_path: Path) -> None:
    with a_place(style) as place:
        place.stand_in.faults.append(Fault("repeated", times=99, after=1))
        with pytest.raises(DeskError) as met:
            place.fetch(tmp_path / "out")
        assert (met.value.code, met.value.is_retryable) == ("page_repeated", False)


@pytest.mark.parametrize("style", [style for style in PAGED if style != "offset"])
def test_more_for_ever_ends_the_pull(style: str, tmp_path: Path) -> None:
    with a_place(style) as place:
        place.stand_in.faults.append(Fault("endless", times=10**6))
        with pytest.raises(DeskError) as met:
            place.fetch(tmp_path / "out")
        assert met.value.code in ("never_ends", "page_repeated")
        # A token that stands still is noticed at once, a page or an address that comes again a little later.
        assert len(place.stand_in.data_requests) <= (4 if style == "continuation" else 11)


def test_an_offset_beyond_the_last_record_is_the_end_and_the_missing_ones_are_told(tmp_path: Path) -> None:
    with a_place("offset") as place:
        place.stand_in.faults.append(Fault("endless", times=10**6))
        got = place.fetch(tmp_path / "out")
        assert (got.rows, got.total) == (25, 10**9)


def test_there_is_a_most_of_pages(tmp_path: Path) -> None:
    with a_place("page") as place, pytest.raises(DeskError) as met:
        place.fetch(tmp_path / "out", most_pages=2)
    assert met.value.code == "never_ends"


def test_an_answer_may_be_only_so_large(tmp_path: Path) -> None:
    with a_place("page") as place, pytest.raises(DeskError) as met:
        place.fetch(tmp_path / "out", most_bytes=500)
    assert met.value.code == "answer_too_large"


@pytest.mark.parametrize("style", ["page", "continuation"])
def test_a_token_that_ends_in_the_middle_is_renewed_once_and_the_run_goes_on(style: str, tmp_path: Path) -> None:
    with a_place(style) as place:
        place.stand_in.faults.append(Fault("expired", after=1))
        assert place.fetch(tmp_path / "out").rows == 25
        assert [item.method for item in place.stand_in.asked] == ["POST", "GET", "GET", "POST", "GET", "GET"]


def test_a_token_is_kept_while_it_is_good_and_renewed_shortly_before_its_end(tmp_path: Path) -> None:
    with a_place("page") as place:
        assert isinstance(place.stand_in, ServiceTitan)
        with Caller(place.source, place.secret, place.time, sleep=place.time.sleep) as caller:
            for after in (0, 800, 50):
                place.time.now += timedelta(seconds=after)
                caller.ask(place.stand_in.url + place.source.path, {})
        # The third call comes 50 seconds before the end of 900: nobody had to be told no.
        assert [item.method for item in place.stand_in.asked] == ["POST", "GET", "GET", "POST", "GET"]


@pytest.mark.parametrize("style", ["page", "callrail"])
def test_credentials_that_are_not_taken_are_not_tried_again(style: str, tmp_path: Path) -> None:
    with a_place(style) as place:
        place.secret = "wrong:secret"
        with pytest.raises(DeskError) as met:
            place.fetch(tmp_path / "out")
        assert (met.value.code, met.value.is_retryable) == ("refused", False)
        assert len(place.stand_in.asked) == 1


@pytest.mark.parametrize(
    ("auth", "secret"), [("token", pl.KEY), ("basic", f"{pl.USER}:{pl.PASSWORD}"), ("query", pl.KEY)]
)
def test_each_way_of_signing_in_is_taken(auth: str, secret: str, tmp_path: Path) -> None:
    with a_place("offset") as place:
        assert isinstance(place.stand_in, PlainApi)
        place.stand_in.auth, place.secret = auth, secret
        place.source = replace(a_plain_source("offset", auth), base_url=place.stand_in.url)
        got = place.fetch(tmp_path / "out")
        assert (got.rows, got.limit, got.left) == (25, 100, 97)


def test_a_next_page_on_another_server_never_sees_the_credentials(tmp_path: Path) -> None:
    with a_place("next_link") as place, a_place("next_link") as other:
        assert isinstance(place.stand_in, PlainApi)
        place.stand_in.elsewhere = other.stand_in.url
        with pytest.raises(DeskError) as met:
            place.fetch(tmp_path / "out")
        assert met.value.code == "next_elsewhere"
        assert other.stand_in.asked == []


def test_the_providers_clock_is_measured(tmp_path: Path) -> None:
    with a_place("page") as place:
        place.stand_in.skew = timedelta(minutes=-7)
        skew = place.fetch(tmp_path / "out").skew
        assert skew is not None
        assert abs(skew + timedelta(minutes=7)) <= timedelta(seconds=1)


def test_the_pace_is_that_of_the_source(tmp_path: Path) -> None:
    with a_place("page") as place:
        place.source = replace(place.source, requests_per_minute=6)
        place.fetch(tmp_path / "out")
        assert len(place.time.slept) == 2
        assert sum(place.time.slept) == pytest.approx(30, abs=2)


def test_an_export_goes_on_from_its_token_another_day(tmp_path: Path) -> None:
    """Also where it said that there is no more: the token of the last page is kept."""
    ledger, time = a_ledger(), Time()
    with a_place("continuation", ledger, time) as place:
        token = place.fetch(tmp_path / "out").token
        ledger.add(time.now + timedelta(minutes=5), 3, version=1, is_active=False)
        time.now += timedelta(hours=1)
        again = place.fetch(tmp_path / "out", token=token)
        assert again.rows == 1
        assert [row["active"] for row in lines(tmp_path / "out")] == [False]
        assert place.fetch(tmp_path / "out", token=again.token).rows == 0


def test_ids_and_amounts_come_digit_for_digit(tmp_path: Path) -> None:
    ledger = a_ledger(1)
    ledger.details = lambda change, _made: {"fee": 25.10, "big": 2**62 + change.number}
    with a_place("single", ledger) as place:
        place.fetch(tmp_path / "out")
    text = (tmp_path / "out").read_text()
    assert '"fee":25.1,' in text
    assert f'"big":{2**62}' in text


@pytest.mark.parametrize("kind", ["error", "cut_off", "dropped", "expired"])
def test_no_secret_is_in_an_error_or_in_the_log(kind: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    said = []
    for style, auth, secret in (("page", "", ""), ("callrail", "", ""), ("offset", "query", pl.KEY)):
        with a_place(style) as place:
            if auth:
                assert isinstance(place.stand_in, PlainApi)
                place.stand_in.auth, place.secret = auth, secret
                place.source = replace(a_plain_source(style, auth), base_url=place.stand_in.url)
            place.stand_in.faults.append(Fault(kind, times=99))
            try:
                place.fetch(tmp_path / "out", tries=2)
            except DeskError as trouble:
                chain = [trouble, trouble.__cause__, None if trouble.__suppress_context__ else trouble.__context__]
                said += [f"{item!r} {item} {getattr(item, 'hint', '')}" for item in chain if item]
    told = "\n".join([*said, caplog.text])
    assert not [secret for secret in SECRETS if secret in told]
    assert said


@pytest.mark.parametrize("style", STYLES)
def test_a_server_of_this_machine_is_not_asked_unless_the_desk_says_so(
    style: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_place(style) as place:
        monkeypatch.setenv("DESK_INNER_HOSTS", "intranet.example")
        with pytest.raises(DeskError, match="network behind it") as met:
            place.fetch(tmp_path / "out")
        assert (met.value.code, met.value.is_retryable) == ("inner_address", False)
        # Not even for a token: the request that fetches one carries the credential.
        assert place.stand_in.asked == []


def test_a_server_that_no_authority_vouches_for_is_told_nothing(tmp_path: Path) -> None:
    with a_place("callrail") as place:
        _speak_tls(place.stand_in, tmp_path)
        place.source = replace(place.source, base_url=place.stand_in.url.replace("http:", "https:"))
        with pytest.raises(DeskError) as met:
            place.fetch(tmp_path / "out", tries=1)
        assert met.value.code == "unavailable"
        assert place.stand_in.asked == []


def test_the_authorities_are_read_once_however_many_sources_are_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes longer than an answer does."""
    read, make = [], ssl.create_default_context

    def noted(*given: Any, **named: Any) -> ssl.SSLContext:
        read.append(named)
        return make(*given, **named)

    monkeypatch.setattr(ssl, "create_default_context", noted)
    with a_place("callrail") as place:
        for _ in range(3):
            place.fetch(tmp_path / "out")
    assert len(read) <= 1


def _speak_tls(stand_in: StandIn, folder: Path) -> None:
    """From now on with a certificate that it gave itself."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    begins = datetime.now(UTC) - timedelta(days=1)
    paper = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, begins, begins + timedelta(days=9))
        .add_extension(address, critical=True)
        .sign(key, hashes.SHA256())
    )
    own = folder / "own.pem"
    plain = serialization.NoEncryption()
    own.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + paper.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own)
    stand_in._server.socket = context.wrap_socket(stand_in._server.socket, server_side=True)
