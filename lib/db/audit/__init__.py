"""The audit log's chain, its anchors outside the database, and what was seen of late."""
