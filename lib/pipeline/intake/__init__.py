"""What comes in by itself: pulls, webhooks, dropped files, and the secrets that they are proved by."""
