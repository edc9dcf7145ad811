"""The doors that are not pages: the command line, the worker, uploads, downloads and webhooks."""
