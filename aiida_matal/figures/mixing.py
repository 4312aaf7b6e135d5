"""Figures of mixing enthalpies."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from aiida_matal.figures.style import BLUE, GREY, new_figure, styled

_COLUMNS = 4


def mixing_enthalpy_figure(system: ArrayLike, x_b: ArrayLike, value: ArrayLike, error: ArrayLike) -> Figure:
    """Return the enthalpy of mixing against the mole fraction, one panel a binary system.

    The pure liquids are zero by definition and are drawn as open circles.

    :param system: names such as ``Ag-Au``, shape (n,).
    :param x_b: mole fraction of the second element, shape (n,).
    :param value: in kJ/mol, shape (n,); NaN where there is none.
    :param error: standard error in kJ/mol, shape (n,).
    """
    names, fraction = np.asarray(system, dtype=np.str_), np.asarray(x_b, dtype=float)
    enthalpy, bars = np.asarray(value, dtype=float), np.nan_to_num(np.asarray(error, dtype=float))
    known = np.isfinite(enthalpy)
    systems = sorted(set(names[known].tolist()))
    columns = min(_COLUMNS, max(len(systems), 1))
    rows = max(-(-len(systems) // columns), 1)
    with styled():
        figure = new_figure(0.7 + 1.9 * rows if len(systems) > 1 else 3.2)
        panels = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
        for axes, name in zip(panels.flat, systems, strict=False):
            mine = known & (names == name)
            _draw_system(axes, fraction[mine], enthalpy[mine], bars[mine], name)
        for axes in panels.flat[len(systems) :]:
            axes.set_axis_off()
        figure.supxlabel("mole fraction of the second element", fontsize=10)
        figure.supylabel("enthalpy of mixing (kJ/mol)", fontsize=10)
    return figure


def _draw_system(
    axes: Axes, x_b: NDArray[np.float64], value: NDArray[np.float64], error: NDArray[np.float64], name: str
) -> None:
    order = np.argsort(x_b)
    axes.axhline(0.0, color=GREY, linewidth=0.6, zorder=1)
    axes.plot([0, 1], [0, 0], "o", markerfacecolor="white", markeredgecolor=GREY, zorder=2, clip_on=False)
    axes.errorbar(x_b[order], value[order], yerr=error[order], fmt="o", color=BLUE, capsize=2, elinewidth=1)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.5, 1], labels=["0", "0.5", "1"])
    axes.set_title(name)
