"""What becomes of single rows: policies, classes, matches, what a person mends, and what a change would do to them."""
