"""The figure of a benchmark of strategies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from aiida_matal.figures.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PURPLE,
    VERMILION,
    label_axes,
    new_figure,
    styled,
    with_unit,
)
from aiida_matal.science.benchmark.tables import STRATEGY
from aiida_matal.science.table import Table

#: The reference has the first, whatever its name.
_LOOKS = ((GREY, "s"), (BLUE, "^"), (PURPLE, "v"), (ORANGE, "o"), (VERMILION, "D"), (GREEN, "P"))


@dataclass(frozen=True)
class _Look:
    colour: str
    marker: str


def benchmark_figure(summary: Table, reference: str) -> Figure:
    """Return the error of each strategy against the labels added, and its difference to the reference.

    Lines are means over the splits, bands their 95 % intervals.

    :param summary: as :func:`aiida_matal.science.benchmark.summary.summarise` returns it.
    :param reference: the strategy to compare with; one of those in the summary.
    """
    names = list(dict.fromkeys(summary[STRATEGY].tolist()))
    others = [name for name in names if name != reference]
    looks = {name: _Look(*_LOOKS[place % len(_LOOKS)]) for place, name in enumerate([reference, *others])}
    unit = summary.columns["rmse"].unit
    with styled():
        figure = new_figure(3.5)
        left, right = figure.subplots(1, 2)
        for name in names:
            rows = summary.take(summary[STRATEGY] == name)
            _draw(left, rows, "rmse", looks[name], name)
            if name != reference:
                _draw(right, rows, "difference", looks[name], name)
        right.axhline(0.0, color=looks[reference].colour, linewidth=1, zorder=1)
        label_axes(left, "labels added", with_unit("RMSE", unit))
        label_axes(right, "labels added", with_unit("difference in RMSE", unit))
        left.set_title("on the test part")
        right.set_title(f"to {reference.replace('_', ' ')}")
        for axes in (left, right):
            axes.xaxis.set_major_locator(MaxNLocator(5, integer=True))
        handles, labels = left.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=3)
    return figure


def _draw(axes: Axes, rows: Table, column: str, look: _Look, name: str) -> None:
    x: NDArray[np.float64] = rows["n_labels"]
    axes.fill_between(x, rows[f"{column}_low"], rows[f"{column}_high"], color=look.colour, alpha=0.12, linewidth=0)
    axes.plot(x, rows[column], color=look.colour, marker=look.marker, label=name.replace("_", " "))
