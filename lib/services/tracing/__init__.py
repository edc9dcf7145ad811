"""From a number back to the raw cell, and from a person to everything known of them."""
