"""What the pages share: the router, the guard, the door for errors, and the parts a page reads as a notebook by."""
