"""What stands on the pages: the router, the site map, and a room of cells for each page."""
