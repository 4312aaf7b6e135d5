"""Figures of how models of free energies learn: errors by round and region, points by criterion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from aiida_matal.figures.style import GREY, NUMBERED, label_axes, new_figure, styled

Floats = NDArray[np.float64]

_MARKERS = "os^vDP*X"
#: Errors are of chemical potentials in units of 0.01 eV, as published.
UNIT = "(0.01 eV)²"


def error_by_round_figure(training: Mapping[str, Floats], test: Mapping[str, Floats]) -> Figure:
    """Return the mean squared error of mu against the round, on the final training sets and on the test sets.

    Holber and Garikipati (2025), figures 4, 5, 10 and 11.

    :param training: of each campaign, by its name, the error after each round, in (0.01 eV)^2, NaN where unknown;
        likewise ``test``.
    """
    with styled():
        figure = new_figure(3.1)
        panels = figure.subplots(1, 2, sharey=True)
        for axes, curves, title in zip(panels, (training, test), ("final training set", "test set"), strict=True):
            for number, (name, errors) in enumerate(curves.items()):
                rounds = np.flatnonzero(np.isfinite(errors))
                colour, marker = NUMBERED[(number + 1) % len(NUMBERED)], _MARKERS[number % len(_MARKERS)]
                axes.plot(rounds, errors[rounds], color=colour, marker=marker, label=name)
            if not any(np.isfinite(errors).any() for errors in curves.values()):
                axes.text(0.5, 0.5, "no error known", transform=axes.transAxes, ha="center", color=GREY)
            axes.set_yscale("log")
            axes.set_title(title)
            axes.set_xlabel("round")
            axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        panels[0].set_ylabel(f"mean squared error of μ {UNIT}")
        handles, names = panels[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper center", ncols=min(len(names), 3))
    return figure


def error_table_figure(errors: ArrayLike, rows: Sequence[str], columns: Sequence[str]) -> Figure:
    """Return errors by campaign and region as a table with colours: Holber and Garikipati (2025), table 1.

    :param errors: mean squared errors of mu in (0.01 eV)^2, NaN where unknown, shape (rows, columns).
    """
    values = np.asarray(errors, dtype=float)
    known = values[np.isfinite(values) & (values > 0)]
    low, high = (known.min(), known.max()) if len(known) else (1.0, 10.0)
    with styled():
        figure = new_figure(1.8 + 0.32 * len(rows))
        axes = figure.subplots()
        norm = LogNorm(low, high if high > low else 10 * low)
        picture = axes.pcolormesh(np.ma.masked_invalid(values), cmap="viridis_r", norm=norm, edgecolors="white")
        for (row, column), value in np.ndenumerate(values):
            text = _short(value)
            dark = np.isfinite(value) and value > 0 and norm(value) > 0.55
            axes.text(
                column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=8, color="white" if dark else "black"
            )
        axes.set_xticks(np.arange(len(columns)) + 0.5, columns, rotation=30, ha="right")
        axes.set_yticks(np.arange(len(rows)) + 0.5, rows)
        axes.tick_params(length=0)
        axes.invert_yaxis()
        axes.spines[:].set_visible(False)
        figure.colorbar(picture, ax=axes, label=f"MSE of μ {UNIT}")
    return figure


def points_by_criterion_figure(counts: Mapping[str, ArrayLike]) -> Figure:
    """Return how many labelled points each criterion asked for in each round, as stacked bars.

    :param counts: by criterion, of each round, shape (n_rounds,).
    """
    with styled():
        figure = new_figure(3.2)
        axes = figure.subplots()
        colours = [*NUMBERED, "#000000", "#B8DE29"]
        bottom: Floats = np.zeros(len(np.asarray(next(iter(counts.values())))))
        for number, (name, values) in enumerate(counts.items()):
            height = np.asarray(values, dtype=float)
            axes.bar(np.arange(len(height)), height, bottom=bottom, color=colours[number % len(colours)], label=name)
            bottom = bottom + height
        label_axes(axes, "round", "labelled points")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        handles, names = axes.get_legend_handles_labels()
        figure.legend(handles[::-1], [name.replace("_", " ") for name in names[::-1]], loc="outside right center")
    return figure


def _short(value: float) -> str:
    """Return a number of two digits that fits into a cell, such as 0.24 or 3.7e-4."""
    if not np.isfinite(value):
        return "-"
    if value == 0 or 1e-2 <= abs(value) < 1e3:
        return f"{value:.2g}" if abs(value) < 100 else f"{value:.0f}"
    mantissa, exponent = f"{value:.1e}".split("e")
    return f"{mantissa}e{int(exponent)}"
