"""Who may see what, and what is known of it: people's addresses, secrets, the audit log, privacy, what leaves the desk."""
