"""The doors that are not pages: the command line, and later webhooks and the worker."""
