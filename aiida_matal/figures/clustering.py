"""Figures of the choice of the number of clusters."""

from __future__ import annotations

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike

from aiida_matal.figures.style import BLUE, GREY, label_axes, new_figure, styled


def cluster_number_figure(n_clusters: ArrayLike, inertia: ArrayLike, silhouette: ArrayLike, chosen: int) -> Figure:
    """Return inertia (left) and silhouette (right) against the number of clusters.

    :param n_clusters: shape (n,).
    :param inertia: sum of squared distances to the centres, shape (n,).
    :param silhouette: mean silhouette coefficient, shape (n,).
    :param chosen: the number that is used; a dotted line marks it.
    """
    with styled():
        figure = new_figure(2.7)
        left, right = figure.subplots(1, 2)
        for axes, values, name in ((left, inertia, "inertia"), (right, silhouette, "silhouette")):
            axes.axvline(chosen, color=GREY, linestyle=":", zorder=1)
            axes.plot(n_clusters, values, "o-", color=BLUE)
            label_axes(axes, "number of clusters", name)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        left.set_ylim(bottom=0)
    return figure
