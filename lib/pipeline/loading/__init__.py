"""A delivery's road: into review, mended, approved, taken back."""
