"""Phases of a free energy at one temperature: where it orders, and where two phases are in equilibrium."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator, model_validator

from aiida_matal.science.landscape.common_tangent import CommonTangent, common_tangents
from aiida_matal.science.landscape.lowest_states import Lowest, LowestStates
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.order_lines import DISORDERED, ORDERED, order_lines
from aiida_matal.science.landscape.system import System
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Column, Table

Floats = NDArray[np.float64]

TWO_PHASES, CONTINUOUS = "two phases", "continuous"
_PHASE = f"{DISORDERED}, {ORDERED} or the name of another order"

#: Columns of a curve and of boundaries.
CURVE_COLUMNS = {
    "temperature": Column("temperature", "K"),
    "eta_0": Column("composition", "1"),
    "g": Column("lowest free energy a site at the composition", "eV"),
    "g_disordered": Column("free energy a site without order", "eV"),
    "g_hull": Column("free energy a site of the phases in equilibrium", "eV"),
    "order": Column("amplitude of the order at the lowest free energy, 1 in a fully ordered variant", "1"),
    "phase": Column(_PHASE),
}
BOUNDARY_COLUMNS = {
    "temperature": Column("temperature", "K"),
    "kind": Column(f"{TWO_PHASES}: a common tangent, or {CONTINUOUS}: order sets in without a jump"),
    "x_low": Column("composition of the phase with less of the second occupant", "1"),
    "x_high": Column("composition of the phase with more of it", "1"),
    "phase_low": Column(f"{_PHASE}: the phase at x_low, or below it where order sets in"),
    "phase_high": Column(f"{_PHASE}: the phase at x_high, or above it where order sets in"),
    "order_low": Column("amplitude of the order at x_low", "1"),
    "order_high": Column("amplitude of the order at x_high", "1"),
    "mu": Column("chemical potential at the boundary", "eV"),
    "depth": Column("how far the free energy rises above the common tangent", "eV"),
}


class PhaseSettings(Settings):
    """How phases are found."""

    compositions: tuple[float, float] = Field((0.0, 1.0), description="the first and last composition, within 0 to 1")
    composition_step: float = Field(0.0025, ge=1e-4, le=0.1, description="the step of the composition (1e-4 to 0.1)")
    order_step: float = Field(
        0.01, ge=1e-3, le=0.25, description="the step of the order, 1 in a fully ordered variant (0.001 to 0.25)"
    )
    order_threshold: float = Field(
        0.1, gt=0, lt=1, description="the order above which a phase is an ordered one (0 to 1)"
    )
    orders: dict[str, list[float]] = Field(
        default_factory=dict,
        description="other orders to look for: a name, and the ratios of the order parameters eta_1, eta_2, ...",
    )
    tolerance: float = Field(
        1e-5,
        ge=0,
        description="the noise of the model in eV a site: a free energy rises farther above a common tangent, and an "
        "order lowers it by more",
    )

    @model_validator(mode="after")
    def _in_order(self) -> PhaseSettings:
        low, high = self.compositions
        if not 0 <= low < high <= 1:
            raise ValueError("compositions: two numbers from 0 to 1, the smaller one first")
        return self

    @field_validator("orders")
    @classmethod
    def _names_are_free(cls, orders: dict[str, list[float]]) -> dict[str, list[float]]:
        taken = [name for name in (ORDERED, DISORDERED, "") if name in orders]
        if taken:
            raise ValueError(f"an order may not be called {taken[0]!r}")
        return orders

    def grid(self) -> Floats:
        """Return the compositions, both ends included."""
        low, high = self.compositions
        return np.linspace(low, high, max(round((high - low) / self.composition_step), 1) + 1)


@dataclass(frozen=True)
class Phases:
    """Phases at one temperature, as two tables with the temperature in K of each row.

    ``curve`` has a row for each composition, and ``boundaries`` one for each two phases in equilibrium and for each
    composition at which order sets in continuously.
    """

    curve: Table
    boundaries: Table


def find_phases(model: FreeEnergy, system: System, temperature: float, settings: PhaseSettings) -> Phases:
    """Return the phases of a free energy, by the common tangents of its lowest value at each composition.

    That is looked for among the states with one ordering, in amounts from none to all that fits; of orderings that are
    equivalent one is looked at, as in the phase diagram of Holber and Garikipati (2025), figure 1a. The settings may
    name other orders of the same order parameters. Tangents say where two phases are in equilibrium. Where the
    curvature of g in the order changes its sign outside of these intervals, order sets in continuously, if up to the
    next boundary it lowers the free energy by more than the tolerance.

    :param temperature: in K, that of the model; it is written to the tables.
    :raises InputError: if an order does not have the order parameters of the system.
    """
    lines = order_lines(system, settings.orders)
    lowest = LowestStates(model, system.polytope, lines, settings.order_step)
    grid = settings.grid()
    states = lowest.at(grid)
    tangents = common_tangents(lowest.g, grid, states.g, settings.tolerance)
    curve: dict[str, NDArray[Any]] = {
        "eta_0": grid,
        "g": states.g,
        "g_disordered": model.g(lowest.disordered(grid)),
        "g_hull": _with_tangents(grid, states.g, tangents, lowest),
        "order": states.order,
        "phase": lowest.phases(states, settings.order_threshold, settings.tolerance),
    }
    rows = [_two_phases(tangent, lowest, settings) for tangent in tangents]
    rows += _onsets(lowest, states, tangents, settings)
    rows.sort(key=lambda row: row["x_low"])
    boundaries = {name: np.array([row[name] for row in rows]) for name in BOUNDARY_COLUMNS if name != "temperature"}
    return Phases(_at(temperature, curve, CURVE_COLUMNS), _at(temperature, boundaries, BOUNDARY_COLUMNS))


def _with_tangents(x: Floats, g: Floats, tangents: list[CommonTangent], lowest: LowestStates) -> Floats:
    hull = g.copy()
    for tangent in tangents:
        inside = (x >= tangent.x_low) & (x <= tangent.x_high)
        begin = lowest.g(np.array([tangent.x_low]))[0]
        hull[inside] = np.minimum(g[inside], begin + tangent.slope * (x[inside] - tangent.x_low))
    return hull


Row = dict[str, str | float]


def _two_phases(tangent: CommonTangent, lowest: LowestStates, settings: PhaseSettings) -> Row:
    states = lowest.at(np.array([tangent.x_low, tangent.x_high]))
    low, high = np.abs(states.order).tolist()
    phases = lowest.phases(states, settings.order_threshold, settings.tolerance).tolist()
    return {
        "kind": TWO_PHASES,
        "x_low": tangent.x_low,
        "x_high": tangent.x_high,
        "phase_low": phases[0],
        "phase_high": phases[1],
        "order_low": low,
        "order_high": high,
        "mu": tangent.slope,
        "depth": tangent.depth,
    }


def _onsets(lowest: LowestStates, states: Lowest, tangents: list[CommonTangent], settings: PhaseSettings) -> list[Row]:
    """Return where order sets in that, before the next boundary, lowers the free energy by more than the noise.

    :param states: those on the grid of compositions.
    """
    grid = settings.grid()
    onsets = lowest.onsets(grid)
    ends = [(tangent.x_low, tangent.x_high) for tangent in tangents]
    edges = np.array([grid[0], grid[-1], *onsets, *(x for pair in ends for x in pair)])
    rows = []
    for x in onsets:
        if any(low <= x <= high for low, high in ends):
            continue
        row = _continuous(x, lowest, settings.composition_step)
        next_edge = edges[edges > x].min() if row["phase_low"] == DISORDERED else edges[edges < x].max()
        between = (grid >= min(x, next_edge)) & (grid <= max(x, next_edge))
        if states.gain[between].max(initial=0.0) > settings.tolerance:
            rows.append(row)
    return rows


def _continuous(x: float, lowest: LowestStates, step: float) -> Row:
    states = lowest.at(np.array([max(x - step, 0.0), min(x + step, 1.0)]))
    below, above = np.abs(states.order).tolist()
    ordered = lowest.phases(states, 0.0, -np.inf).tolist()
    phases = [DISORDERED, ordered[1]] if above > below else [ordered[0], DISORDERED]
    return {
        "kind": CONTINUOUS,
        "x_low": x,
        "x_high": x,
        "phase_low": phases[0],
        "phase_high": phases[1],
        "order_low": 0.0,
        "order_high": 0.0,
        "mu": lowest.slope(x),
        "depth": 0.0,
    }


def _at(temperature: float, arrays: dict[str, NDArray[Any]], columns: dict[str, Column]) -> Table:
    n_rows = len(next(iter(arrays.values())))
    return Table({"temperature": np.full(n_rows, temperature), **arrays}, columns)
