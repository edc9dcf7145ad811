"""What surrounds a field map: who approves it, and what approved ones taught."""
