"""Outside to rows: readers of files, losing none of their rows."""
