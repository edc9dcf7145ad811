"""What the data layer promises, on the embedded database and on a real server alike."""
