"""The ladder: its gates, the rungs that ask for them, what there is of an account, and what lapsed."""
