"""What providers send: uploads, webhooks, pulls, drop folders, entry by hand; received, read and weighed."""
