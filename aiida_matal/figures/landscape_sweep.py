"""Figures of unbiased Monte Carlo along paths of temperature, chemical potential or composition."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from aiida_matal.figures.style import GREY, NUMBERED, label_axes, new_figure, styled, with_unit
from aiida_matal.science.table import Table

#: Line, filling and size of the markers of a branch: dots, and rings around them.
_DOTS, _RINGS = ("-", "full", 4), ("--", "none", 7)
_STYLES = {"up": _DOTS, "down": _RINGS, "heating": _DOTS, "cooling": _RINGS}
_QUANTITIES = {
    "eta_0": "composition",
    "order": "largest order parameter",
    "energy": "energy a site (eV)",
}
_CONDITIONS = {"temperature": "temperature", "mu": "chemical potential", "wanted_eta_0": "composition"}


def sweep_figure(averages: Table) -> Figure:
    """Return composition and order parameter along the paths of a sweep, forth and back.

    Bars are standard errors; a cross marks a condition that was not in equilibrium. Where the composition is given, the
    energy takes its place.

    :param averages: the table of :func:`~aiida_matal.science.landscape.monte_carlo.sweep.run_sweep`.
    """
    field = "mu" if "mu" in averages else "wanted_eta_0"
    along = "temperature" if {"heating", "cooling"} & set(averages["branch"].tolist()) else field
    held = field if along == "temperature" else "temperature"
    with styled():
        figure = new_figure(3.0)
        panels = figure.subplots(1, 2, sharex=True)
        for axes, quantity in zip(panels, ("eta_0" if field == "mu" else "energy", "order"), strict=True):
            for value, colour in _coloured(_unique(averages[held])):
                rows = averages.take(averages[held] == value)
                for branch in _unique(averages["branch"]):
                    _draw(axes, rows.take(rows["branch"] == branch), along, quantity, colour)
            label_axes(axes, with_unit(_CONDITIONS[along], averages.columns[along].unit), _QUANTITIES[quantity])
        handles = _handles(averages, held)
        figure.legend(handles=handles, loc="outside upper center", ncols=min(len(handles), 4))
    return figure


def _draw(axes: Axes, rows: Table, along: str, quantity: str, colour: str) -> None:
    if len(rows) == 0:
        return
    line, fill, size = _STYLES[str(rows["branch"][0])]
    order = np.argsort(rows[along], kind="stable")
    x, y = rows[along][order], rows[quantity][order]
    axes.errorbar(
        x,
        y,
        yerr=rows[f"{quantity}_error"][order],
        color=colour,
        linestyle=line,
        marker="o",
        fillstyle=fill,
        markersize=size,
        linewidth=1,
        elinewidth=0.8,
    )
    drifting = ~rows["equilibrated"][order]
    axes.plot(x[drifting], y[drifting], "x", color=GREY, markersize=8, zorder=4)


def _handles(averages: Table, held: str) -> list[Line2D]:
    handles = []
    for branch in _unique(averages["branch"]):
        line, fill, size = _STYLES[branch]
        handles.append(
            Line2D([], [], color=GREY, linestyle=line, marker="o", fillstyle=fill, markersize=size, label=branch)
        )
    values = _unique(averages[held])
    if len(values) > 1:
        unit = averages.columns[held].unit
        names = [f"{value:g} {'' if unit == '1' else unit}".rstrip() for value in values]
        handles += [Line2D([], [], color=colour, label=name) for name, colour in _coloured(names)]
    if not averages["equilibrated"].all():
        handles.append(Line2D([], [], color=GREY, linestyle="", marker="x", markersize=8, label="not in equilibrium"))
    return handles


def _coloured(values: list[Any]) -> list[tuple[Any, str]]:
    """Return each value with a colour; there are eight of them."""
    return [(value, NUMBERED[(number + 1) % len(NUMBERED)]) for number, value in enumerate(values)]


def _unique(values: NDArray[Any]) -> list[Any]:
    """Return the different values in the order in which they come."""
    return list(dict.fromkeys(values.tolist()))
