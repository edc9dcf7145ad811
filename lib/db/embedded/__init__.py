"""What SQLite has no users for: what the running app and the portal may do, and that nothing deleted stays."""
