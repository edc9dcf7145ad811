"""The days on which moments fall, whole columns of them at once."""

from __future__ import annotations

import pandas as pd

from lib.clock import zone as find_zone


def local_days(timestamps: pd.Series[pd.Timestamp], zone: str) -> pd.Series[str]:
    """The ISO day on which each UTC timestamp falls in `zone`, as text with the same index; missing stays missing.

    Vectorised; only the distinct days are formatted. Naive timestamps are a bug and raise TypeError.
    """
    days = timestamps.dt.tz_convert(find_zone(zone)).dt.tz_localize(None).dt.normalize()
    codes, distinct = pd.factorize(days)
    names = pd.Series([pd.Timestamp(each).date().isoformat() for each in distinct], dtype="str")
    # reindex leaves missing where factorize put -1
    return pd.Series(names.reindex(codes).array, index=timestamps.index, name=timestamps.name)
