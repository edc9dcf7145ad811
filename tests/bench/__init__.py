"""How quick the import is, beside what else could fill the same tables on the same server: run by `make bench`."""
