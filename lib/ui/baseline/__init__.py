"""The cells of the baseline against current page."""
