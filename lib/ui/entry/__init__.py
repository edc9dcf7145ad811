"""How anybody gets in and how a run begins: sign-in, the guard, the line of runs, the way back."""
