"""How records are fetched from a provider's API: signing in, asking, going from page to page. No database, no services."""
