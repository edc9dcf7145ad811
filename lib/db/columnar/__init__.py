"""Many rows at once, column by column: in and out of a table the quickest way that each database takes."""

from lib.db.columnar.fetched import fetch_columns, fetch_numbers, fetch_numbers_of, select_columns, select_joined
from lib.db.columnar.written import insert_columns, overwrite_columns

__all__ = [
    "fetch_columns",
    "fetch_numbers",
    "fetch_numbers_of",
    "insert_columns",
    "overwrite_columns",
    "select_columns",
    "select_joined",
]
