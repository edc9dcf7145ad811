"""What every page is built of and that knows nobody: notebook, tables, charts, marks, words."""
