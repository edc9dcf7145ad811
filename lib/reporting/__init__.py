"""Pure work on numbers that are already derived: periods, totals, comparisons and the sentences built from them."""
