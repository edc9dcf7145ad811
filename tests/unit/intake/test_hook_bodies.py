"""What a webhook's body becomes: one row a record, without secrets, its answers as fields that a map can name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from lib.errors import DeskError
from lib.intake.hook_bodies import HookRow, parsed_body, rows_of
from lib.providers.senders import SECRET_FIELDS, SENDERS
from tests.builders import shared_data

NOW = datetime(2026, 3, 4, 15, 2, 11, tzinfo=UTC)


def rows(
    key: str, body: object, headers: dict[str, str] | None = None, kind: str = "application/json"
) -> list[HookRow]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return rows_of(SENDERS[key], headers or {}, parsed_body(kind, raw), SECRET_FIELDS)


def row(key: str, body: object, headers: dict[str, str] | None = None, kind: str = "application/json") -> HookRow:
    (only,) = rows(key, body, headers, kind)
    return only


def documented(*path: str) -> bytes:
    return shared_data("payloads", *path).read_bytes()


def test_google_answers_become_fields_and_the_key_is_gone_however_it_is_spelled() -> None:
    for name in (
        "production_lead_documented",
        "test_lead_documented_capital_Google_key",
        "test_lead_captured_ui_button",
    ):
        body = documented("google_ads_lead_form", f"{name}.json")
        found = row("google_ads", body)
        text = found.line(NOW).decode()
        assert "google_key" not in text.lower()
        assert str(next(v for k, v in json.loads(body).items() if k.lower() == "google_key")) not in text
        assert found.key == json.loads(body)["lead_id"]
    answers = row("google_ads", documented("google_ads_lead_form", "production_lead_documented.json")).fields
    assert answers["user_column_data"] == {
        "FIRST_NAME": "Ada", "LAST_NAME": "Lovelace", "EMAIL": "ada@example.com", "budget_question_id": "10k-50k",
    }  # fmt: skip


def test_a_secret_field_is_taken_out_at_any_depth_whoever_sends_it() -> None:
    wrapped = {"id": "1", "body": [{"Google_Key": "k", "lead": {"handshakekey": "h", "kept": "yes"}}]}
    assert json.loads(row("url_token", wrapped).line(NOW))["body"] == [{"lead": {"kept": "yes"}}]


def test_typeform_answers_are_called_by_their_questions_and_a_choice_is_its_label() -> None:
    answers = row("typeform", documented("typeform", "form_response.json")).fields["form_response"]["answers"]
    assert answers["What is your first name?"] == "Laura"
    assert answers["Which pictures do you like? You can choose as many as you like."] == "London, Sydney"
    assert answers["Which of these cities is your favorite?"] == "London"
    assert answers["Do you have a favorite city we haven't listed?"] is False
    assert row("typeform", documented("typeform", "form_response.json")).key == (
        "form_response a3a12ec67a1365927098a606107fac15"
    )


def test_an_interview_is_one_text_whether_it_came_as_a_list_or_as_text() -> None:
    listed = row(
        "angi",
        {"leadOid": 1, "interview": [{"question": "When?", "answer": "Soon"}, {"question": "What?", "answer": None}]},
    )
    assert listed.fields["interview"] == "When?: Soon; What?: "
    assert row("angi", {"leadOid": 1, "interview": "When?:Soon;"}).fields["interview"] == "When?:Soon;"


def test_meta_brings_several_leads_in_one_request_and_each_is_a_row() -> None:
    change = {
        "field": "leadgen",
        "value": {"leadgen_id": 5, "form_id": 7, "field_data": [{"name": "email", "values": ["a@b.c"]}]},
    }
    second = {"field": "leadgen", "value": {"leadgen_id": 6}}
    found = rows("meta", {"object": "page", "entry": [{"id": "p", "changes": [change, second]}]})
    assert [(item.key, item.event) for item in found] == [("5", "leadgen"), ("6", "leadgen")]
    assert found[0].fields["entry"]["changes"]["value"]["field_data"] == {"email": "a@b.c"}


def test_yelp_events_of_one_lead_are_told_apart() -> None:
    updates = [{"event_type": "NEW_EVENT", "event_id": f"e{n}", "lead_id": "L"} for n in range(2)]
    assert [item.key for item in rows("yelp", {"data": {"id": "b", "updates": updates}})] == ["L e0", "L e1"]


def test_jotform_is_a_multipart_form_with_json_inside() -> None:
    raw = json.dumps({"q3_name": {"first": "Rosa"}, "q4_date": {"month": "3"}})
    parts = {"formID": "9", "submissionID": "77", "rawRequest": raw}
    body = (
        "".join(f'--B\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in parts.items())
        + "--B--\r\n"
    )
    found = row("jotform", body.encode(), kind="multipart/form-data; boundary=B")
    assert found.key == "77"
    assert found.fields["rawRequest"] == {"q3_name": {"first": "Rosa"}, "q4_date": {"month": "3"}}


def test_a_form_is_read_and_its_handshake_key_is_gone() -> None:
    found = row(
        "wufoo",
        urlencode({"HandshakeKey": "k", "EntryId": "5", "Field1": "Rosa"}).encode(),
        kind="application/x-www-form-urlencoded",
    )
    assert (found.key, found.fields) == ("5", {"EntryId": "5", "Field1": "Rosa"})


def test_numbers_keep_every_digit_and_the_row_says_when_it_came() -> None:
    found = row("url_token", b'{"campaign_id": 281498631867774, "fee": 0.0, "rate": 1.10}')
    assert found.line(NOW) == (
        b'{"received_at":"2026-03-04T15:02:11+00:00","campaign_id":281498631867774,"fee":0.0,"rate":1.10}'
    )
    assert b'"received_at":"mine"' in row("url_token", {"received_at": "mine"}).line(NOW)


@pytest.mark.parametrize(
    ("sender", "body", "headers", "key"),
    [
        ("standard", {"type": "lead"}, {"webhook-id": "msg_1"}, "msg_1"),
        ("angi", {"leadOid": 100000001, "spEntityId": 5}, {}, "100000001"),
        ("webflow", {"payload": {"id": "65a5"}}, {}, "65a5"),
        ("thumbtack", {"event": {"eventType": "Created"}, "data": {"negotiationID": "9"}}, {}, "Created 9"),
        ("thumbtack", {"leadID": "437"}, {}, " 437"),
        ("gravity", {"form_id": "2", "id": "5"}, {}, "2 5"),
        ("jobber", {"data": {"webHookEvent": {"topic": "T", "itemId": "i", "occuredAt": "o"}}}, {}, "T i o"),
    ],
)  # fmt: skip
def test_what_tells_one_receipt_from_another(sender: str, body: Any, headers: dict[str, str], key: str) -> None:
    assert row(sender, body, headers).key == key


def test_without_its_id_the_content_tells() -> None:
    one, same, other = ({"firstName": name} for name in ("Rosa", "Rosa", "Ada"))
    assert row("angi", one).key == row("angi", same).key != row("angi", other).key
    # A missing token must not make one receipt of all answers to a form.
    event = {"event_type": "form_response"}
    assert row("typeform", {**event, "a": 1}).key != row("typeform", {**event, "a": 2}).key
    # A call that was changed comes again under its own id.
    assert row("callrail", {"id": 5, "note": ""}).key != row("callrail", {"id": 5, "note": "spam"}).key


def test_a_key_that_fits_no_column_or_looks_like_the_desks_own_is_hashed() -> None:
    for odd in ("x" * 300, "refused bad", "a\x00b"):
        assert len(row("angi", {"leadOid": odd}).key) == 64


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"{", "invalid_body"),
        ("application/json", b"[]", "invalid_body"),
        ("application/json", b'"text"', "invalid_body"),
        ("application/json", b"{}", "invalid_body"),
        ("application/json", b"[" * 5000 + b"]" * 5000, "invalid_body"),
        ("application/json", b'{"a":' * 600 + b"1" + b"}" * 600, "invalid_body"),
        ("application/json", b"\xff\xfe{", "invalid_body"),
        ("application/json", b'{"name": "\\ud800x"}', "invalid_body"),
        ("multipart/form-data", b"x", "invalid_body"),
        ("application/x-www-form-urlencoded", b"\xff=1", "invalid_body"),
        ("application/json", b'[{"a":1}' + b',{"a":1}' * 1000 + b"]", "invalid_body"),
        ("text/html", b"<html>", "unsupported_body"),
        ("text/plain", b"hello", "unsupported_body"),
        ("", b"", "unsupported_body"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_name(kind: str, body: bytes, code: str) -> None:
    with pytest.raises(DeskError) as refused:
        rows("url_token", body, kind=kind)
    assert refused.value.code == code
