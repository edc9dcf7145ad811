"""Clients and provider accounts: templates, settings, the ladder, handing over, being watched for silence."""
