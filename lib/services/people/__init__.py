"""Who may come in: people, sign-in, and tickets for downloads."""
