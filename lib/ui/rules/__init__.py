"""The cells of the rules page."""
