"""Histograms of the pairs of elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from aiida_matal.figures.style import BLUE, VERMILION, new_figure, styled

_N_BINS = 30


def group_histogram_figure(ratios: Mapping[str, ArrayLike], group: ArrayLike, order: Sequence[str]) -> Figure:
    """Return histograms of ratios, one row a ratio and one column a group of systems, with their means.

    :param ratios: by name, shape (n,) each.
    :param group: group of each system, shape (n,).
    :param order: the groups, from left to right.
    """
    groups = np.asarray(group, dtype=np.str_)
    with styled():
        figure = new_figure(2.1 * len(ratios), 8.0)
        panels = figure.subplots(len(ratios), len(order), sharex="row", squeeze=False)
        for row, (name, values) in zip(panels, ratios.items(), strict=True):
            ratio = np.asarray(values, dtype=np.float64)
            edges = np.histogram_bin_edges(ratio, _N_BINS).tolist()
            for axes, column in zip(row, order, strict=True):
                mine = ratio[groups == column]
                axes.hist(mine, edges, color=BLUE)
                mean = f", mean {mine.mean():.2f}" if len(mine) else ""
                axes.set_title(f"{column}{mean}")
                if len(mine):
                    axes.axvline(mine.mean(), color=VERMILION, linestyle="--")
            row[len(order) // 2].set_xlabel(name)
            row[0].set_ylabel("systems")
    return figure
