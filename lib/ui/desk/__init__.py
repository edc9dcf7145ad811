"""The cells of the desk page."""
