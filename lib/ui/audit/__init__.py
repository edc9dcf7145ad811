"""The cells of the audit page."""
