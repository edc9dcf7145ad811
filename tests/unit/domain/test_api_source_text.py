"""A source in a file: what it says is what is asked, each mistake is one sentence, and it holds no secret."""

from __future__ import annotations

from typing import Any

import pytest

from lib.domain.api.source_text import is_safe_address, read_source, source_values
from lib.domain.api.sources import ApiSource
from lib.errors import DeskError
from lib.providers import TEMPLATES

SOURCES = [source for item in TEMPLATES.values() for source in item.sources]
WHOLE: dict[str, Any] = {"base_url": "https://api.example", "path": "/v1/leads", "records": "data"}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: f"{source.object}-{source.way}")
def test_every_source_of_a_template_is_sound_and_comes_back_from_its_values(source: ApiSource) -> None:
    assert read_source(source_values(source)) == source


def test_what_is_left_out_is_at_its_default() -> None:
    source = read_source(WHOLE, "lead")
    assert (source.object, source.look_back_days, source.paging.style) == ("lead", 2, "single")
    assert source_values(source) == {"object": "lead", **WHOLE}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": "v1/leads"}, "path must begin with /"),
        ({"path": "/v1/{shop}"}, "path names {shop}"),
        ({"base_url": "http://api.example"}, "base_url must begin with https://"),
        ({"base_url": "https://me:secret@api.example"}, "base_url must begin with https://"),
        ({"pageing": {}}, "There is no pageing"),
        ({"paging": {"style": "pages"}}, "paging.style is 'pages'"),
        ({"paging": {"style": "page"}}, "paging.page_size is missing"),
        ({"paging": {"style": "cursor"}}, "paging.token and paging.next"),
        ({"paging": {"style": "next_link"}}, "paging.next is missing"),
        ({"paging": {"page_size": "ten"}}, "paging.page_size is 'ten'"),
        ({"auth": {"scheme": "query"}}, "auth.parameter is missing"),
        ({"auth": {"scheme": "oauth2"}}, "auth.token_url is missing"),
        ({"auth": {"scheme": "token", "form": "Bearer abc"}}, "auth.form must hold {secret}"),
        ({"auth": "Bearer abc"}, "auth holds lines of NAME: VALUE"),
        ({"headers": {"X-Api-Key": "sk_live_1"}}, "headers.X-Api-Key must be {secret}"),
        ({"query": {"access_token": "sk_live_1"}}, "query.access_token must be {secret}"),
        ({"changes": {"first": "since", "zone": "Mars/Olympus"}}, "changes.zone"),
        ({"way": "sideways"}, "way is 'sideways'"),
    ],
)
def test_each_mistake_is_one_sentence(change: dict[str, Any], said: str) -> None:
    with pytest.raises(DeskError) as met:
        read_source(WHOLE | change, "lead")
    assert met.value.code == "source_invalid"
    assert said in met.value.message
    # What was written by mistake may be the secret itself.
    assert "sk_live_1" not in met.value.message


def test_all_mistakes_are_said_at_once() -> None:
    with pytest.raises(DeskError) as met:
        read_source({"base_url": "ftp://x", "path": "y", "way": "z"}, "lead")
    assert met.value.message.count(".") >= 3


def test_a_source_of_another_object_is_refused() -> None:
    with pytest.raises(DeskError) as met:
        read_source({**WHOLE, "object": "job"}, "lead")
    assert "given for lead" in met.value.message


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://api.example", True),
        ("https://api.example/base", True),
        ("http://127.0.0.1:8080", True),
        ("http://127.0.0.1.evil.example", False),
        ("http://api.example", False),
        ("https://user@api.example", False),
        ("https://api.example?key=1", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_credentials_go_only_to_a_safe_address(url: str, is_safe: bool) -> None:
    assert is_safe_address(url) is is_safe
