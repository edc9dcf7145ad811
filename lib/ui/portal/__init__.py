"""The cells of the client portal."""
