"""Figures of the extremum of the enthalpy of mixing: its density before and after new labels, its trends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from numpy.typing import ArrayLike
from scipy.stats import gaussian_kde

from aiida_matal.figures.style import GREEN, GREY, NUMBERED, ORANGE, SKY, YELLOW, label_axes, new_figure, styled

_EXTREMUM = "extremum of the enthalpy of mixing (kJ/mol)"
_N_BINS = 20
_BACKGROUND = (SKY, YELLOW)


def extremum_density_figure(before: ArrayLike, after: ArrayLike, title: str) -> Figure:
    """Return the probability density of the extrema that two models predict for the same systems.

    Bars are histograms, lines Gaussian kernel densities with Scott's bandwidth; the title is followed by the mean
    shift.

    :param before: in kJ/mol, shape (n,).
    :param after: in kJ/mol, shape (n,), of the same systems.
    """
    first, second = np.asarray(before, dtype=np.float64), np.asarray(after, dtype=np.float64)
    both = np.concatenate([first, second])
    edges = np.histogram_bin_edges(both, _N_BINS)
    margin = 0.1 * (edges[-1] - edges[0])
    grid = np.linspace(edges[0] - margin, edges[-1] + margin, 300)
    with styled():
        figure = new_figure(3.4)
        axes = figure.subplots()
        for values, name, colour in ((first, "before", ORANGE), (second, "after", GREEN)):
            axes.hist(values, edges.tolist(), density=True, color=colour, alpha=0.35)
            if np.ptp(values) > 0:
                axes.plot(grid, gaussian_kde(values)(grid), color=colour)
            axes.axvline(values.mean(), color=colour, linestyle="--", linewidth=1)
            axes.plot([], [], color=colour, label=f"{name}: mean {_signed(values.mean())} kJ/mol")
        axes.set_xlim(grid[0], grid[-1])
        label_axes(axes, _EXTREMUM, "probability density (mol/kJ)")
        axes.set_title(f"{title}: {len(first)} systems, mean shift {_signed((second - first).mean())} kJ/mol")
        figure.legend(loc="outside lower center", ncols=2)
    return figure


def trend_figure(
    second: Sequence[str],
    extremum: Mapping[str, ArrayLike],
    labelled: Mapping[str, ArrayLike],
    kind: Sequence[str],
    breaks: Sequence[int],
) -> Figure:
    """Return the extremum of systems of some first elements against the second element.

    :param second: second elements in the order of the axis, shape (n,).
    :param extremum: by first element, in kJ/mol, shape (n,); NaN where there is none.
    :param labelled: by first element, whether the system has a label, shape (n,); it gets a black circle.
    :param kind: kind of the pairs with each second element, shape (n,), drawn as the background; empty where it is not
        the same for all first elements.
    :param breaks: places of the second elements that follow a gap; lines end there.
    """
    place = np.arange(len(second))
    with styled():
        figure = new_figure(3.8, 9.0)
        axes = figure.subplots()
        handles = _draw_background(axes, kind)
        axes.axhline(0.0, color=GREY, linewidth=0.6, zorder=1)
        for (symbol, values), colour in zip(extremum.items(), NUMBERED[1:] + NUMBERED[:1], strict=False):
            value = np.asarray(values, dtype=np.float64)
            for part in np.split(place, breaks):
                axes.plot(part, value[part], "o-", color=colour, markersize=4, linewidth=1)
            mark = np.asarray(labelled[symbol], dtype=bool)
            axes.plot(place[mark], value[mark], "o", color="black", markerfacecolor="none", markersize=8, zorder=4)
            handles[symbol] = Line2D([], [], color=colour, marker="o", markersize=4)
        if any(np.any(mark) for mark in labelled.values()):
            handles["has a label"] = Line2D([], [], color="black", marker="o", markerfacecolor="none", linestyle="")
        axes.set_xticks(place, labels=second, fontsize=8)
        axes.set_xlim(-0.5, len(second) - 0.5)
        label_axes(axes, "second element, by atomic number", "extremum (kJ/mol)")
        figure.legend(handles.values(), handles.keys(), loc="outside upper center", ncols=min(len(handles), 7))
    return figure


def _draw_background(axes: Axes, kind: Sequence[str]) -> dict[str, Line2D | Patch]:
    handles: dict[str, Line2D | Patch] = {}
    names = sorted(set(kind) - {""})
    for place, name in enumerate(kind):
        if name:
            colour = _BACKGROUND[names.index(name) % len(_BACKGROUND)]
            axes.axvspan(place - 0.5, place + 0.5, color=colour, alpha=0.25, linewidth=0)
            handles[name] = Patch(color=colour, alpha=0.25)
    return handles


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")
