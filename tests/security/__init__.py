"""Who may see what, proven: attacks, canaries, and tests of those tests."""
