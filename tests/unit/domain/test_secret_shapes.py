"""A secret pasted where a text or a reference belongs is known by its shape; ordinary words, ids and addresses are not."""

from __future__ import annotations

import pytest

from lib.domain.access.secret_shapes import looks_like_a_secret, refuse_secrets, texts_in
from lib.domain.access.secrets import parse_reference
from lib.errors import DeskError


def _invented(*parts: str) -> str:
    """Put together here, so that no scanner of this file takes it for a real one."""
    return "".join(parts)


SECRETS = [
    _invented("sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"),
    _invented("whsec", "_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
    _invented("gh", "p_", "16C7e42F292c6912E7710c838347Ae178B4a"),
    _invented("xo", "xb-", "17653672481-19874698323-pdFZKVeTuE8sk7oOcHrzqqgy"),
    _invented("AKIA", "IOSFODNN7EXAMPLE"),
    _invented("AIza", "SyDaGmWKa4JsXZ-HjGw7ISLn_3namBGewQe"),
    _invented("SG", ".ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc"),
    _invented("eyJhbGciOiJIUzI1NiJ9", ".eyJzdWIiOiIxMjM0NTY3ODkwIn0", ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"),
    "-----BEGIN RSA PRIVATE KEY-----",
    "Ask the office; password: hunter2!x",
    "api_key=8f14e45fceea167a",
    "Authorization: Bearer 0b79bab50daca910b000d4f1",
    "https://angi:open.sesame@sftp.example.com/in",
    "9e107d9d372bb6826bd81d3542a419d6",
    "Token is Zr8vQ2nLx7Kp4WsT9yBd3HcM6fJg1RaE please keep",
]

WORDS = [
    "",
    "Angi sends each lead by webhook; the office answers within the hour.",
    "Ana resets the password with Angi: she asks their support for a new token.",
    "The token: env:ANGI_TOKEN, renewed by Ana each spring.",
    'Token token="{secret}", as CallRail asks for it',
    "Its secret: file:/run/secrets/angi",
    "https://docs.google.com/spreadsheets/d/exports/leads-2026-11-21.csv?tab=paid",
    "/srv/in/harbor/angi-leads-2026/november/first-half",
    "harbor_roofing_angi_paid_marketplace_leads_2026",
    "Lead 2026112100000042317 was sent twice",
    "550e8400-e29b-41d4-a716-446655440000",
    "crm.read crm.jobs.read accounting.invoices.read tn.acc.read",
    "https://www.googleapis.com/auth/webmasters.readonly https://www.googleapis.com/auth/adwords",
    "Rindfleischetikettierungsueberwachungsaufgabe",
    "Every 15 minutes, 5 times, then a dead letter: after 1m, 2m, 4m, 8m, 16m.",
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_recognised_and_never_said_again(text: str) -> None:
    assert looks_like_a_secret(text)
    with pytest.raises(DeskError) as met:
        refuse_secrets([("the failure path", f"When it fails: {text}")])
    assert met.value.code == "secret_in_text"
    assert "the failure path" in met.value.message
    assert text not in f"{met.value.message}{met.value.hint}"


@pytest.mark.parametrize("text", WORDS)
def test_ordinary_words_pass(text: str) -> None:
    assert not looks_like_a_secret(text)


@pytest.mark.parametrize(
    "text",
    [SECRETS[0], f"env:{SECRETS[4]}", f"secrets:{SECRETS[0]}.x", "env:lower", "vault:ANGI", "secrets:angi", "hunter2"],
)
def test_a_secret_is_no_reference_not_even_behind_the_word_env(text: str) -> None:
    with pytest.raises(DeskError) as met:
        parse_reference(text)
    assert met.value.code == "not_a_reference"
    assert text not in f"{met.value.message}{met.value.hint}"


@pytest.mark.parametrize("text", ["env:ANGI_KEY", "file:/run/secrets/angi key", "secrets:angi.key"])
def test_a_reference_reads_as_it_was_written(text: str) -> None:
    assert str(parse_reference(text)) == text


def test_a_secret_in_the_description_of_an_api_is_found_however_deep() -> None:
    fine = {"auth": {"form": "Bearer {secret}", "token_url": "https://auth.example/token"}, "query": ["a", {"b": "c"}]}
    refuse_secrets(texts_in(fine))
    for spoiled in ({"auth": {"form": f"Bearer {SECRETS[0]}"}}, {"query": [{"api_key": "8f14e45fceea167a"}]}):
        with pytest.raises(DeskError) as met:
            refuse_secrets(texts_in(fine | spoiled))
        assert "auth.form" in met.value.message or "query.0.api_key" in met.value.message
