"""Steps that several services share, each over one unit of work."""
