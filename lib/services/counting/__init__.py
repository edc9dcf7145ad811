"""From records to numbers: metric definitions, the roll-up, series and baselines."""
