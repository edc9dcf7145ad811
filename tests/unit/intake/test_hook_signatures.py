"""What a webhook must bear to be believed: the published vectors pass, and anything else does not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.domain.hooks import Scheme
from lib.intake.signatures import Sent, is_genuine
from lib.providers.senders import SENDERS
from tests.builders import shared_data

NOW = datetime(2026, 3, 4, 15, 2, 11, tzinfo=UTC)
CALLRAIL_KEY, CALLRAIL_SIGNATURE = "072e77e426f92738a72fe23c4d1953b4", "UZAHbUdfm3GqL7qzilGozGzWV64="
SECRET, BODY = "a secret of ours", b'{"id":"L1"}'
SECONDS = str(int(NOW.timestamp()))


def believed(key: str, sent: Sent, *secrets: str, now: datetime = NOW, fields: object = None) -> bool:
    return is_genuine(SENDERS[key], secrets, sent, now, 300, fields)


def standard_vector() -> tuple[str, Sent, datetime]:
    vector = json.loads(shared_data("payloads", "standard_webhooks", "test_vector.json").read_text())
    now = datetime.fromtimestamp(int(vector["headers"]["webhook-timestamp"]), UTC)
    return vector["secret"], Sent(vector["headers"], {}, vector["body"].encode()), now


def signed(key: str, body: bytes = BODY) -> Sent:
    """A request as each sender's own documentation says it signs; written out here once more, on purpose."""

    def mac(content: bytes, digest: str = "sha256") -> bytes:
        return hmac.new(SECRET.encode(), content, digest).digest()

    milliseconds = SECONDS + "000"
    headers = {
        "callrail": lambda: {"signature": base64.b64encode(mac(body, "sha1")).decode()},
        "typeform": lambda: {"typeform-signature": "sha256=" + base64.b64encode(mac(body)).decode()},
        "webflow": lambda: {
            "x-webflow-signature": mac(f"{milliseconds}:".encode() + body).hex(),
            "x-webflow-timestamp": milliseconds,
        },
        "housecall_pro": lambda: {
            "api-signature": mac(f"{SECONDS}.".encode() + body).hex(),
            "api-timestamp": SECONDS,
        },
        "jobber": lambda: {"x-jobber-hmac-sha256": base64.b64encode(mac(body)).decode()},
        "meta": lambda: {"x-hub-signature-256": "sha256=" + mac(body).hex()},
        "servicetitan": lambda: {"x-servicetitan-signature": mac(body).hex()},
        "standard": lambda: {
            "webhook-id": "msg_1",
            "webhook-timestamp": SECONDS,
            "webhook-signature": "v1,"
            + base64.b64encode(
                hmac.new(b"0123456789abcdef01234567", f"msg_1.{SECONDS}.".encode() + body, "sha256").digest()
            ).decode(),
        },
    }
    return Sent(headers[key](), {}, body)


def secret_of(key: str) -> str:
    return "whsec_" + base64.b64encode(b"0123456789abcdef01234567").decode() if key == "standard" else SECRET


SIGNING = ["callrail", "typeform", "webflow", "housecall_pro", "jobber", "meta", "servicetitan", "standard"]


def test_the_published_vectors_are_believed() -> None:
    secret, sent, now = standard_vector()
    assert believed("standard", sent, secret, now=now)
    svix = Sent({name.replace("webhook", "svix"): value for name, value in sent.headers.items()}, {}, sent.body)
    assert believed("svix", svix, secret, now=now)
    body = shared_data("payloads", "callrail", "post_call_signature_vector.body").read_bytes()
    assert believed("callrail", Sent({"signature": CALLRAIL_SIGNATURE}, {}, body), CALLRAIL_KEY)
    assert not believed("callrail", Sent({"signature": CALLRAIL_SIGNATURE}, {}, body + b"\n"), CALLRAIL_KEY)


@pytest.mark.parametrize("key", SIGNING)
def test_every_sender_is_believed_as_it_documents_its_signature(key: str) -> None:
    assert believed(key, signed(key), secret_of(key))
    assert not believed(key, signed(key), "another secret")
    assert not believed(key, signed(key))
    assert not believed(key, signed(key), "")
    assert not believed(key, Sent({}, {}, BODY), secret_of(key))


def flipped(text: str, bit: int) -> str:
    raw = bytearray(text.encode("latin-1"))
    raw[bit // 8] ^= 1 << bit % 8
    return raw.decode("latin-1")


@given(data=st.data(), key=st.sampled_from(SIGNING))
def test_any_flipped_bit_of_body_signature_timestamp_or_id_is_refused(data: st.DataObject, key: str) -> None:
    sent = signed(key)
    parts = ["body", *sent.headers]
    part = data.draw(st.sampled_from(parts))
    size = len(sent.body if part == "body" else sent.headers[part]) * 8
    bit = data.draw(st.integers(0, size - 1))
    if part == "body":
        spoiled = Sent(sent.headers, {}, flipped(sent.body.decode("latin-1"), bit).encode("latin-1"))
    else:
        spoiled = Sent({**sent.headers, part: flipped(sent.headers[part], bit)}, {}, sent.body)
    assert not believed(key, spoiled, secret_of(key))


def test_any_flipped_bit_of_the_published_vectors_is_refused() -> None:
    secret, sent, now = standard_vector()
    for name, value in sent.headers.items():
        for bit in range(len(value) * 8):
            spoiled = Sent({**sent.headers, name: flipped(value, bit)}, {}, sent.body)
            assert not believed("standard", spoiled, secret, now=now), (name, bit)
    for bit in range(len(CALLRAIL_SIGNATURE) * 8):
        body = shared_data("payloads", "callrail", "post_call_signature_vector.body").read_bytes()
        assert not believed("callrail", Sent({"signature": flipped(CALLRAIL_SIGNATURE, bit)}, {}, body), CALLRAIL_KEY)


@pytest.mark.parametrize("key", ["standard", "webflow", "housecall_pro"])
def test_a_signature_is_good_for_five_minutes_either_way(key: str) -> None:
    for seconds, is_good in ((299, True), (301, False), (-299, True), (-301, False)):
        now = NOW + timedelta(seconds=seconds)
        assert believed(key, signed(key), secret_of(key), now=now) is is_good


def test_while_a_secret_is_changed_both_are_good_and_one_of_several_signatures_is_enough() -> None:
    assert believed("jobber", signed("jobber"), "the new one", SECRET)
    sent = signed("standard")
    two = Sent({**sent.headers, "webhook-signature": "v1,AAAA " + sent.headers["webhook-signature"]}, {}, BODY)
    assert believed("standard", two, secret_of("standard"))
    assert not believed(
        "standard", Sent({**sent.headers, "webhook-signature": "v1,AAAA v1,"}, {}, BODY), secret_of("standard")
    )


def test_servicetitan_may_write_hex_or_base64() -> None:
    digest = hmac.new(SECRET.encode(), BODY, hashlib.sha256).digest()
    for text in (digest.hex(), base64.b64encode(digest).decode()):
        assert believed("servicetitan", Sent({"x-servicetitan-signature": text}, {}, BODY), SECRET)


def test_a_shared_key_stands_in_its_header_its_body_or_the_address() -> None:
    basic = "Basic " + base64.b64encode(b"desk:open").decode()
    assert believed("angi", Sent({"x-api-key": SECRET}, {}, BODY), SECRET)
    assert believed("thumbtack", Sent({"authorization": basic}, {}, BODY), "desk:open")
    assert believed("jotform", Sent({}, {"token": SECRET}, BODY), SECRET)
    for name in ("google_key", "Google_key", "GOOGLE_KEY"):
        assert believed("google_ads", Sent({}, {}, BODY), SECRET, fields={"lead_id": "1", name: SECRET})
    for key, sent, fields in (
        ("angi", Sent({"x-api-key": SECRET[:-1]}, {}, BODY), None),
        ("angi", Sent({"x-api-key": ""}, {}, BODY), None),
        ("thumbtack", Sent({"authorization": "desk:open"}, {}, BODY), None),
        ("jotform", Sent({}, {}, BODY), None),
        ("google_ads", Sent({}, {}, BODY), {"google_key": SECRET + " "}),
        ("google_ads", Sent({}, {}, BODY), {"google_key": ["x"]}),
        # Which of two would count is nobody's business to guess.
        ("google_ads", Sent({}, {}, BODY), {"google_key": SECRET, "Google_key": "x"}),
        ("google_ads", Sent({}, {}, BODY), [SECRET]),
    ):
        assert not believed(key, sent, SECRET, fields=fields)


def test_every_sender_of_the_table_says_how_it_is_proved() -> None:
    for key, item in SENDERS.items():
        assert item.key == key
        assert item.name
        assert bool(item.header) == (item.scheme in (Scheme.HMAC, Scheme.SHARED_HEADER)), key
        assert bool(item.body_field) == (item.scheme is Scheme.SHARED_BODY), key
        assert item.template.count("{body}") == 1
        assert ("{timestamp}" in item.template) == bool(item.timestamp_header), key
        assert set(item.encodings) <= {"hex", "base64"}
        assert 200 <= item.success.status < 300
