"""The addresses that are no page: files come in and go out, webhooks arrive, a link shows one report note."""
