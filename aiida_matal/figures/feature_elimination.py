"""The figure of the elimination of features."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from aiida_matal.figures.style import BLUE, GREEN, GREY, label_axes, new_figure, styled, with_unit


def feature_elimination_figure(
    n_features: ArrayLike, mean_rmse: ArrayLike, std_rmse: ArrayLike, chosen: int, unit: str
) -> Figure:
    """Return the error against the number of features that are left, mean and standard deviation over the splits.

    :param n_features: shape (n,).
    :param mean_rmse: in ``unit``, shape (n,); likewise ``std_rmse``.
    :param chosen: how many features are used; a dotted line marks it.
    """
    number, mean, deviation = (np.asarray(values, dtype=np.float64) for values in (n_features, mean_rmse, std_rmse))
    with styled():
        figure = new_figure(3.2)
        axes = figure.subplots()
        axes.fill_between(number, mean - deviation, mean + deviation, color=GREEN, alpha=0.3, linewidth=0)
        axes.plot(number, mean, "o-", color=BLUE, markersize=3)
        axes.axvline(chosen, color=GREY, linestyle=":", zorder=1)
        label_axes(axes, "number of features", with_unit("RMSE", unit))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    return figure
