"""What can be found out about an account's connection by trying it: credentials, the API, webhooks, clocks and zones."""
