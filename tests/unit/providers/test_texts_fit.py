"""What a template fills an account in with fits the account's columns, which only a server would say."""

from __future__ import annotations

import pytest

from lib.db.tables.accounts import integration_provider_accounts
from lib.domain.providers import ProviderTemplate
from lib.providers import TEMPLATES


@pytest.mark.parametrize("offered", TEMPLATES.values(), ids=list(TEMPLATES))
def test_every_text_of_a_template_fits_its_column(offered: ProviderTemplate) -> None:
    texts = {
        "source_label": offered.source_label,
        "auth_model": offered.auth_model,
        "auth_scopes": " ".join(offered.auth_scopes),
        "retry_rules": offered.retry_rules,
        "public_promise": offered.promise,
        "failure_path": offered.failure_path,
        "manual_fallback": offered.manual_fallback,
        "rollback_note": offered.rollback_note,
    }
    for name, text in texts.items():
        assert len(text) <= integration_provider_accounts.c[name].type.length, name
