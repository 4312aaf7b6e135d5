"""Figures of phases: diagrams, free energies with common tangents, compositions with and without a bias."""

from __future__ import annotations

from itertools import cycle

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from aiida_matal.figures.style import BLUE, GREEN, GREY, NUMBERED, ORANGE, VERMILION, label_axes, new_figure, styled
from aiida_matal.science.landscape.columns import numbered
from aiida_matal.science.landscape.order_lines import DISORDERED, ORDERED
from aiida_matal.science.landscape.phase_diagram import CONTINUOUS, TWO_PHASES
from aiida_matal.science.table import Table

Floats = NDArray[np.float64]

_SHADE = "#DDDDDD"
#: Colours and markers of other orders.
_OTHERS = ((ORANGE, "^"), (GREY, "v"), ("black", "p"))


def phase_diagram_figure(boundaries: Table) -> Figure:
    """Return temperature against composition: ends of common tangents, two phases between them, continuous ordering.

    Holber and Garikipati (2025), figure 1a.

    :param boundaries: of :func:`~aiida_matal.science.landscape.phase_diagram.find_phases`, of all temperatures.
    """
    two = boundaries.take(boundaries["kind"] == TWO_PHASES)
    one = boundaries.take(boundaries["kind"] == CONTINUOUS)
    with styled():
        figure = new_figure(3.9)
        axes = figure.subplots()
        for row in two.rows():
            ends = [row["x_low"], row["x_high"]]
            axes.plot(ends, [row["temperature"]] * 2, color=_SHADE, linewidth=3, solid_capstyle="butt", zorder=1)
        for phase, (colour, marker) in _styles(two).items():
            axes.plot(*_ends(two, phase), marker, color=colour, label=phase, zorder=3)
        if len(one):
            axes.plot(one["x_low"], one["temperature"], "D", color=GREEN, label="order sets in continuously", zorder=3)
        label_axes(axes, "composition η₀", "temperature (K)")
        axes.set_xlim(0, 1)
        if len(boundaries):
            figure.legend(loc="outside upper center", ncols=4, title="phases in equilibrium" if len(two) else None)
        else:
            axes.text(0.5, 0.5, "one phase at every composition", transform=axes.transAxes, ha="center", color=GREY)
    return figure


def _styles(two: Table) -> dict[str, tuple[str, str]]:
    """Return colour and marker of each phase at the ends of tangents."""
    known = {ORDERED: (VERMILION, "o"), DISORDERED: (BLUE, "s")}
    phases = set(np.concatenate([two["phase_low"], two["phase_high"]]).tolist())
    others = zip(sorted(phases - set(known)), cycle(_OTHERS), strict=False)
    return {name: style for name, style in {**known, **dict(others)}.items() if name in phases}


def _ends(two: Table, phase: str) -> tuple[Floats, Floats]:
    """Return composition and temperature of the ends of tangents in a phase."""
    low, high = two["phase_low"] == phase, two["phase_high"] == phase
    x = np.concatenate([two["x_low"][low], two["x_high"][high]])
    return x, np.concatenate([two["temperature"][low], two["temperature"][high]])


def free_energy_curves_figure(curves: Table, boundaries: Table) -> Figure:
    """Return the lowest free energy of each composition, less a straight line, with its common tangents.

    The line is that through the ends of the curve, so that what is not convex can be seen.

    :param curves: of :func:`~aiida_matal.science.landscape.phase_diagram.find_phases`, likewise ``boundaries``.
    """
    temperatures = np.unique(curves["temperature"]).tolist()
    with styled():
        figure = new_figure(3.9)
        axes = figure.subplots()
        for number, kelvin in enumerate(temperatures):
            rows = curves.take(curves["temperature"] == kelvin)
            colour = NUMBERED[(number + 1) % len(NUMBERED)]
            _draw_curve(axes, rows, boundaries.take(boundaries["temperature"] == kelvin), colour, f"{kelvin:g} K")
        axes.plot([], [], color=GREY, linestyle=":", label="without order")
        axes.plot([], [], color="black", linewidth=1, marker="o", markersize=4, label="common tangent")
        label_axes(axes, "composition η₀", "g less a straight line (meV a site)")
        figure.legend(loc="outside right center")
    return figure


def _draw_curve(axes: Axes, curve: Table, boundaries: Table, colour: str, name: str) -> None:
    x = curve["eta_0"]

    def shown(composition: Floats, g: Floats) -> Floats:
        slope = (curve["g"][-1] - curve["g"][0]) / (x[-1] - x[0])
        return 1000 * (g - curve["g"][0] - slope * (composition - x[0]))

    axes.plot(x, shown(x, curve["g_disordered"]), color=colour, linestyle=":", linewidth=1)
    axes.plot(x, shown(x, curve["g"]), color=colour, label=name)
    for row in boundaries.take(boundaries["kind"] == TWO_PHASES).rows():
        ends = np.array([row["x_low"], row["x_high"]])
        g_low = np.interp(ends[0], x, curve["g"])
        g = np.array([g_low, g_low + row["mu"] * (ends[1] - ends[0])])
        axes.plot(ends, shown(ends, g), color="black", linewidth=1, marker="o", markersize=4, zorder=4)


def composition_potential_figure(sweep: Table, labels: Table) -> Figure:
    """Return composition against chemical potential, by Monte Carlo without a bias and with one.

    Without a bias, compositions that are not stable are missing. Holber and Garikipati (2025), figure 2.

    :param sweep: averages of a semi-grand-canonical sweep, with ``mu`` and ``eta_0``.
    :param labels: of umbrella sampling, with ``eta_0``, ``mu_0`` and their errors; only those of status ok are drawn.
    """
    known = labels.take(labels["status"] == "ok")
    (eta,), (mu,) = numbered("eta", 1), numbered("mu", 1)
    with styled():
        figure = new_figure(3.6)
        axes = figure.subplots()
        axes.errorbar(
            known[eta],
            known[mu],
            xerr=known[f"{eta}_error"],
            yerr=known[f"{mu}_error"],
            fmt="o",
            color=ORANGE,
            markersize=3,
            elinewidth=0.6,
            label="with bias",
        )
        axes.plot(sweep[eta], sweep["mu"], "s", color=BLUE, markersize=4, label="without bias", zorder=3)
        label_axes(axes, "composition η₀", "chemical potential μ₀ (eV)")
        axes.set_xlim(0, 1)
        figure.legend(loc="outside upper center", ncols=2)
    return figure
