"""Quantiles of the distributions that intervals are made of."""

from __future__ import annotations


def students_t(freedom: float, probability: float) -> float:
    """The value that Student's t with so many degrees of freedom stays below with this probability."""
    # SciPy takes a quarter of a second to load; most of what the desk does asks for no quantile.
    from scipy.special import stdtrit  # noqa: PLC0415

    return float(stdtrit(freedom, probability))
