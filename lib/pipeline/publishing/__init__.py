"""What follows numbers out of the house: report notes, and definitions that change under published ones."""
