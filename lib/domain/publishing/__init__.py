"""The way of a statement to a client, the words a client reads, and the monthly note."""
