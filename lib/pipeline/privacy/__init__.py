"""Find a person, hand out what is known of them, and erase them: in steps, each a short transaction."""
