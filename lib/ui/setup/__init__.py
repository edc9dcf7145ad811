"""The cells of the provider setup page."""
