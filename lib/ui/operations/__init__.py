"""The cells of the operations page."""
