"""What the desk's three database users need, hold and are given (R19)."""
