"""The figure of a simulated liquid: energy, pressure, volumes tried, structure, diffusion."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from aiida_matal.figures.style import BLUE, GREY, ORANGE, VERMILION, WIDTH, label_axes, new_figure, styled
from aiida_matal.science.mixing.assessment import pressure_fit
from aiida_matal.science.mixing.liquid_state import LiquidState
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.mixing.volume import PressureFit
from aiida_matal.science.mixing.zero_pressure import RunPoint
from aiida_matal.science.table import Table
from aiida_matal.science.trajectory.diffusion import diffusion
from aiida_matal.science.trajectory.frames import Frames
from aiida_matal.science.trajectory.statistics import MIN_LENGTH, estimate_mean

#: A longer line is drawn by the means of as many blocks.
MAX_POINTS = 300
N_BLOCKS = 20
#: Numbers above this, and those that are not finite, are of a run that flew apart; they are not drawn.
_LARGEST = 1e9
_FS_PER_PS = 1000.0
_COLOURS = (BLUE, VERMILION, ORANGE)

Floats = NDArray[np.float64]


def liquid_figure(
    frames: Frames, points: Sequence[RunPoint], settings: LiquidSettings, result: LiquidState | None = None
) -> Figure:
    """Return what is known of a liquid in one figure.

    :param frames: all frames at one volume; those of a run that failed may hold any numbers.
    :param points: the means at all volumes tried, the last one last; there may be none yet.
    :param result: of a liquid that ended well; without it, structure and diffusion are left out.
    """
    time = np.arange(len(frames), dtype=np.float64) * (frames.interval / _FS_PER_PS)
    fit = pressure_fit(points, settings) if points else None
    tolerance = settings.volume_search.pressure_tolerance
    with styled():
        figure = new_figure(5.6, 1.5 * WIDTH)
        figure.suptitle(_title(frames))
        panels = figure.subplots(2, 2 if result is None else 3).flatten()
        draw_energy(panels[0], time, frames.energy_potential / frames.n_atoms)
        draw_pressure(panels[1], time, frames.pressure_of(settings.pressure_kind), tolerance)
        draw_volumes(panels[2], points, fit, tolerance)
        if result is not None:
            draw_rdf(panels[3], result.rdf)
            draw_msd(panels[4], result.msd)
        write_numbers(panels[-1], _numbers(points, {} if result is None else result.state))
    return figure


def draw_energy(axes: Axes, time: Floats, energy: Floats) -> None:
    """Draw the potential energy against time, with its mean after equilibration and the standard error of it.

    :param time: in ps, shape (n,).
    :param energy: in eV per atom, shape (n,).
    """
    _draw_series(axes, time, energy, 4)
    label_axes(axes, "time (ps)", "potential energy (eV/atom)")


def draw_pressure(axes: Axes, time: Floats, pressure: Floats, tolerance: float) -> None:
    """Draw the pressure against time as :func:`draw_energy` does, and the range in which a mean is accepted.

    :param time: in ps, shape (n,).
    :param pressure: in kbar, shape (n,).
    :param tolerance: in kbar.
    """
    axes.axhspan(-tolerance, tolerance, color=ORANGE, alpha=0.25, linewidth=0)
    _draw_series(axes, time, pressure, 2)
    label_axes(axes, "time (ps)", "pressure (kbar)")


def draw_volumes(axes: Axes, points: Sequence[RunPoint], fit: PressureFit | None, tolerance: float) -> None:
    """Draw the mean pressure at each volume tried with its standard error, and the fitted line P = -B ln(V / V0).

    :param fit: None if no volume was tried.
    :param tolerance: in kbar.
    """
    label_axes(axes, "volume (Å³/atom)", "mean pressure (kbar)")
    if fit is None:
        axes.text(0.5, 0.5, "no run has ended yet", transform=axes.transAxes, ha="center", color=GREY)
        return
    axes.axhspan(-tolerance, tolerance, color=ORANGE, alpha=0.25, linewidth=0)
    volumes = np.array([point.volume_per_atom for point in points])
    centre = fit.volume_per_atom
    lowest, highest = volumes.min(initial=centre), volumes.max(initial=centre)
    grid = np.linspace(0.995 * lowest, 1.005 * highest, 50)
    axes.plot(grid, -fit.bulk_modulus * np.log(grid / centre), color=GREY, linewidth=1, zorder=1)
    axes.axvline(centre, color=GREY, linewidth=0.8, linestyle=":", zorder=1)
    for point, colour in zip(points, [GREY] * (len(points) - 1) + [BLUE], strict=True):
        axes.errorbar(
            point.volume_per_atom, point.pressure, yerr=point.pressure_error, fmt="o", color=colour, capsize=3
        )
    axes.set_title(f"V0 = {centre:.3f} Å³, B = {fit.bulk_modulus:.0f} kbar")
    axes.xaxis.set_major_locator(MaxNLocator(5))


def draw_rdf(axes: Axes, rdf: Table) -> None:
    """Draw the radial distribution functions: of all atoms and, in an alloy, of each pair of elements.

    :param rdf: that of :class:`~aiida_matal.science.mixing.liquid_state.LiquidState`.
    """
    partial = [name for name in rdf.names if name.startswith("g_")]
    axes.axhline(1.0, color=GREY, linewidth=0.6, zorder=1)
    axes.plot(rdf["r"], rdf["g"], color=GREY, linewidth=2.5, label="all")
    for name, colour in zip(partial if len(partial) > 1 else [], cycle(_COLOURS), strict=False):
        axes.plot(rdf["r"], rdf[name], color=colour, linewidth=1, label=name[2:].replace("_", "-"))
    axes.set_ylim(bottom=0)
    axes.set_xlim(left=0)
    label_axes(axes, "distance (Å)", "g(r)")
    axes.legend(loc="lower right", borderpad=0, labelspacing=0.3, handlelength=1.2)


def draw_msd(axes: Axes, msd: Table) -> None:
    """Draw the mean square displacement of each element, and the line that gives its diffusion coefficient.

    :param msd: that of :class:`~aiida_matal.science.mixing.liquid_state.LiquidState`.
    """
    time = msd["time"] / _FS_PER_PS
    half = len(time) // 2
    for name, colour in zip([name for name in msd.names if name != "time"], cycle(_COLOURS), strict=False):
        found = diffusion(msd[name], float(msd["time"][1] - msd["time"][0]))
        label = f"{name[4:]}: D = {found.coefficient:.2g} m²/s, ~ t^{found.exponent:.2f}"
        axes.plot(*_block_means(time, msd[name], MAX_POINTS), color=colour, label=label)
        line = np.polynomial.Polynomial.fit(time[half:], msd[name][half:], 1)
        axes.plot(time[[half, -1]], line(time[[half, -1]]), color="black", linewidth=1, linestyle="--")
    axes.set_ylim(bottom=0, top=1.35 * axes.get_ylim()[1])
    axes.set_xlim(left=0)
    label_axes(axes, "time (ps)", "mean square displ. (Å²)")
    axes.legend(loc="upper left", borderpad=0, labelspacing=0.3, handlelength=1.2)


def write_numbers(axes: Axes, numbers: Mapping[str, str]) -> None:
    """Write names and values into an empty panel, one a line."""
    axes.set_axis_off()
    for place, (name, value) in enumerate(numbers.items()):
        height = 0.97 - 0.1 * place
        axes.text(0.02, height, name, transform=axes.transAxes, va="top", color=GREY)
        axes.text(0.98, height, value, transform=axes.transAxes, va="top", ha="right")


def _draw_series(axes: Axes, time: Floats, values: Floats, digits: int) -> None:
    known = np.abs(values) < _LARGEST
    axes.plot(*_block_means(time[known], values[known], MAX_POINTS), color=GREY, linewidth=0.5, alpha=0.7)
    axes.yaxis.set_major_locator(MaxNLocator(5))
    axes.ticklabel_format(axis="y", useOffset=False, style="plain")
    if len(values) < MIN_LENGTH or not known.all():
        return
    found = estimate_mean(values)
    ends = [time[found.start], time[-1]]
    axes.axvline(ends[0], color=GREY, linewidth=0.8, linestyle=":")
    axes.plot(*_block_means(time[found.start :], values[found.start :], N_BLOCKS), "o", color=BLUE, markersize=3)
    axes.fill_between(ends, found.mean - found.error, found.mean + found.error, color=VERMILION, alpha=0.35, zorder=3)
    axes.plot(ends, [found.mean, found.mean], color=VERMILION, linewidth=1.2, zorder=3)
    axes.set_title(f"mean {_with_error(found.mean, found.error, digits)}")


def _block_means(time: Floats, values: Floats, n_blocks: int) -> tuple[Floats, Floats]:
    """Return the mean time and value of consecutive blocks whose lengths differ by one at most."""
    if len(values) <= n_blocks:
        return time, values
    edges = np.linspace(0, len(values), n_blocks + 1).astype(int)
    lengths = np.diff(edges)
    return np.add.reduceat(time, edges[:-1]) / lengths, np.add.reduceat(values, edges[:-1]) / lengths


def _title(frames: Frames) -> str:
    composition = " ".join(f"{symbol}{number}" for symbol, number in sorted(Counter(frames.symbols).items()))
    return f"{composition} at {frames.volume_per_atom:.3f} Å³/atom"


def _numbers(points: Sequence[RunPoint], state: Mapping[str, Any]) -> dict[str, str]:
    """Return what the last panel says, from the runs and, where there is one, the state of the liquid."""
    numbers = {"verdict": state["verdict"], "T (K)": f"{state['temperature']:.0f}"} if state else {}
    if points:
        last = points[-1]
        numbers["volumes tried"] = str(len(points))
        numbers["steps in all"] = str(sum(point.n_steps for point in points))
        numbers["P (kbar)"] = _with_error(last.pressure, last.pressure_error, 2)
        numbers["E (eV/atom)"] = _with_error(last.energy_per_atom, last.energy_error, 4)
    if state:
        energy, error = state["zero_pressure_energy"], state["zero_pressure_energy_error"]
        numbers["E at P = 0"] = _with_error(energy, error, 4)
        numbers["B (kbar)"] = _with_error(state["bulk_modulus"], state["bulk_modulus_error"], 0)
        numbers["slowest D (m²/s)"] = f"{state['diffusion']:.2g}"
    return numbers


def _with_error(value: float, error: float, digits: int) -> str:
    return f"{value:.{digits}f} ± {error:.{digits}f}".replace("-", "\N{MINUS SIGN}")
