"""The defences, a room for each piece, and how each of them is taken out."""
