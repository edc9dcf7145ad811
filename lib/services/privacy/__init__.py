"""A person's own questions: where they are found, what is known of them, and that they are erased."""
