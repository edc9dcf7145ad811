"""What good data means: schemas per canonical object, checks of a mapped frame, reason codes and their sentences."""
