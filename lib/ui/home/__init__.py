"""The cells of the home page."""
