"""Figures of plane slices through free energies."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from aiida_matal.figures.style import VERMILION, WIDTH, new_figure, styled
from aiida_matal.science.landscape.slices import Floats, Slice

_N_LEVELS = 24
#: Panels side by side, by the number of panels; 3 of more.
_COLUMNS = {1: 1, 2: 2, 4: 2}
#: Height and width in inches by columns, from the number of rows.
_SIZES = {
    1: lambda n_rows: (0.6 + 3.4 * n_rows, 0.8 * WIDTH),
    2: lambda n_rows: (0.6 + 2.5 * n_rows, WIDTH),
    3: lambda n_rows: (0.7 + 2.1 * n_rows, WIDTH),
}
#: Share of the values at each end that the colours do not tell apart: models may diverge at the border.
_CLIPPED = 0.02


def slices_figure(slices: Mapping[str, Slice]) -> Figure:
    """Return one contour plot for each free energy, with its own zero: the lowest value of the slice.

    The line is the border of the polytope, dots are minima, rings those at the border. The colours of all are the same;
    what is off their ends, at most 2 % of the values at each, has the colour of the end.

    :param slices: by the name of the free energy, one or more, all of the same two coordinates.
    """
    n_columns = _COLUMNS.get(len(slices), 3)
    n_rows = -(-len(slices) // n_columns)
    with styled():
        figure = new_figure(*_SIZES[n_columns](n_rows))
        panels = figure.subplots(n_rows, n_columns, sharex=True, sharey=True, squeeze=False)
        values = {name: _in_mev(each) for name, each in slices.items()}
        levels = _levels(list(values.values()))
        for place, (axes, name) in enumerate(zip(panels.flat, slices, strict=False)):
            each = slices[name]
            drawn = axes.contourf(each.first, each.second, values[name].T, levels, cmap="viridis", extend="both")
            axes.contour(
                each.first, each.second, values[name].T, levels[::2], colors="black", linewidths=0.3, alpha=0.5
            )
            _mark(axes, each)
            axes.set_title(name)
            if place % n_columns == 0:
                axes.set_ylabel(_coordinate(each.axes[1]))
            if place + n_columns >= len(slices):
                axes.set_xlabel(_coordinate(each.axes[0]))
                axes.tick_params(labelbottom=True)
        for axes in list(panels.flat)[len(slices) :]:
            axes.set_visible(False)
        figure.colorbar(drawn, ax=panels, label="g above the lowest (meV a site)")
        handles = _handles(slices)
        if handles:
            figure.legend(handles=handles, loc="outside upper center", ncols=len(handles))
    return figure


def _in_mev(each: Slice) -> Floats:
    values: Floats = 1000 * (each.g - np.nanmin(each.g))
    return values


def _levels(values: list[Floats]) -> Floats:
    known = np.concatenate([each[np.isfinite(each)] for each in values])
    low, high = np.quantile(known, [_CLIPPED, 1 - _CLIPPED])
    if high - low < 1e-9 * max(1.0, abs(high)):
        low, high = low - 0.5, high + 0.5
    return np.asarray(MaxNLocator(_N_LEVELS, steps=[1, 2, 5, 10]).tick_values(float(low), float(high)))


def _mark(axes: Axes, each: Slice) -> None:
    closed = np.append(each.border, each.border[:1], axis=0)
    axes.plot(closed[:, 0], closed[:, 1], color="black", linewidth=1)
    for rows, fill in ((~each.at_border, "full"), (each.at_border, "none")):
        if rows.any():  # a line without points that is not clipped would break the layout
            axes.plot(*each.minima[rows].T, "o", color=VERMILION, markersize=4, fillstyle=fill, clip_on=False, zorder=5)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_locator(MaxNLocator(5))


def _handles(slices: Mapping[str, Slice]) -> list[Line2D]:
    kinds = {bool(kind) for each in slices.values() for kind in each.at_border}
    names = {False: ("minimum", "full"), True: ("minimum at the border", "none")}
    return [
        Line2D([], [], color=VERMILION, linestyle="", marker="o", markersize=4, fillstyle=fill, label=name)
        for kind, (name, fill) in names.items()
        if kind in kinds
    ]


def _coordinate(number: int) -> str:
    return "composition η₀" if number == 0 else f"order parameter η{chr(ord('₀') + number)}"
