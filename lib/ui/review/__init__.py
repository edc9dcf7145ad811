"""The cells of the import review page."""
