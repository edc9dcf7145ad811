"""One repository a noun: SQL on this side, frozen dataclasses of the domain on the other."""
