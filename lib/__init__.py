"""Connector Desk: the room a service business's numbers pass through before anybody sees them."""
