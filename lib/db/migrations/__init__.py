"""The road from an empty database to the declared tables, one numbered step at a time."""
