"""The verbs of the desk. Each takes a unit of work, and with it the person who asks; none imports another."""
