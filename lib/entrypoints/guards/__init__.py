"""What every request passes, and every answer: where it comes from, how fast it may come, what it may tell a browser."""
