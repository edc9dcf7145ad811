"""From numbers to clients: statements, portal cards, change and correction notes, report notes."""
