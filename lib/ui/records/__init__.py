"""The cells of the records page and the drawers that trace a number."""
