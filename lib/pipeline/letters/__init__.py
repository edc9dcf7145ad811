"""Work that came to nothing: buried, looked at, replayed."""
