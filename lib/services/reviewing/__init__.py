"""What a person decides about a load: its rows, reasons, fixes, matches and what approving would do."""
