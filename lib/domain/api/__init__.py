"""How a provider's API is asked: sources as data, the text a person writes one in, pulls and their questions."""
