"""An account as a whole: tried, held against its provider, promoted or fallen back, cloned, handed over."""
