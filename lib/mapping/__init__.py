"""Pure work on frames: applying, suggesting and keeping field maps, and telling rows apart."""
