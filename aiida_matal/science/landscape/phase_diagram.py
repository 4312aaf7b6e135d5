"""Phases of a free energy at one temperature: where it orders, and where two phases are in equilibrium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from aiida_matal.science.landscape.common_tangent import CommonTangent, common_tangents
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.sampling.known_regions import ordering_lines
from aiida_matal.science.landscape.system import System
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Column, Table

Floats = NDArray[np.float64]

ORDERED, DISORDERED = "ordered", "disordered"
TWO_PHASES, CONTINUOUS = "two phases", "continuous"
_BISECTIONS = 40

#: Columns of a curve and of boundaries.
CURVE_COLUMNS = {
    "temperature": Column("temperature", "K"),
    "eta_0": Column("composition", "1"),
    "g": Column("lowest free energy a site at the composition", "eV"),
    "g_disordered": Column("free energy a site without order", "eV"),
    "g_hull": Column("free energy a site of the phases in equilibrium", "eV"),
    "order": Column("amplitude of the order at the lowest free energy, 1 in a fully ordered variant", "1"),
    "phase": Column(f"{ORDERED} or {DISORDERED}"),
}
BOUNDARY_COLUMNS = {
    "temperature": Column("temperature", "K"),
    "kind": Column(f"{TWO_PHASES}: a common tangent, or {CONTINUOUS}: order sets in without a jump"),
    "x_low": Column("composition of the phase with less of the second occupant", "1"),
    "x_high": Column("composition of the phase with more of it", "1"),
    "phase_low": Column(f"{ORDERED} or {DISORDERED}: the phase at x_low, or below it where order sets in"),
    "phase_high": Column(f"{ORDERED} or {DISORDERED}: the phase at x_high, or above it where order sets in"),
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
    tolerance: float = Field(
        1e-5,
        ge=0,
        description="how far, in eV a site, a free energy rises above a common tangent that is no noise of the model",
    )

    @model_validator(mode="after")
    def _in_order(self) -> PhaseSettings:
        low, high = self.compositions
        if not 0 <= low < high <= 1:
            raise ValueError("compositions: two numbers from 0 to 1, the smaller one first")
        return self

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
    equivalent one is looked at, as in the phase diagram of Holber and Garikipati (2025), figure 1a. Tangents say where
    two phases are in equilibrium. Where the curvature of g in the order changes its sign outside of these intervals,
    order sets in continuously.

    :param temperature: in K, that of the model; it is written to the tables.
    :raises InputError: if the model and the system have different numbers of coordinates.
    """
    lowest = LowestFreeEnergy(model, system, settings.order_step)
    grid = settings.grid()
    g, order = lowest.minimum(grid)
    tangents = common_tangents(lambda x: lowest.minimum(x)[0], grid, g, settings.tolerance)
    curve = {
        "eta_0": grid,
        "g": g,
        "g_disordered": model.g(lowest.disordered(grid)),
        "g_hull": _with_tangents(grid, g, tangents, lowest),
        "order": order,
        "phase": np.where(np.abs(order) > settings.order_threshold, ORDERED, DISORDERED),
    }
    rows = [_two_phases(tangent, lowest, settings.order_threshold) for tangent in tangents]
    rows += [
        _continuous(x, lowest, settings.composition_step)
        for x in lowest.onsets(grid)
        if not any(tangent.x_low <= x <= tangent.x_high for tangent in tangents)
    ]
    rows.sort(key=lambda row: row["x_low"])
    boundaries = {name: np.array([row[name] for row in rows]) for name in BOUNDARY_COLUMNS if name != "temperature"}
    return Phases(_at(temperature, curve, CURVE_COLUMNS), _at(temperature, boundaries, BOUNDARY_COLUMNS))


class LowestFreeEnergy:
    """The lowest free energy at each composition, over the amplitude of one ordering.

    :raises InputError: if the model and the system have different numbers of coordinates.
    """

    def __init__(self, model: FreeEnergy, system: System, order_step: float) -> None:
        self._model = model
        self._polytope = system.polytope
        self._step = order_step
        #: Vectors from the disordered state to variants, and how far back from it one may go.
        self._lines = list(_representatives(system))

    def disordered(self, x: Floats) -> Floats:
        """Return the points without order at compositions, shape (n,): shape (n, d)."""
        points = np.zeros((len(x), self._polytope.d))
        points[:, 0] = x
        return points

    def minimum(self, x: Floats) -> tuple[Floats, Floats]:
        """Return the lowest free energy, in eV a site, and the amplitude of the order there, both of shape (n,)."""
        found = [self._along(x, line, one_sided) for line, one_sided in self._lines]
        energies = np.array([g for g, _ in found])
        best = energies.argmin(axis=0), np.arange(len(x))
        return energies[best], np.array([order for _, order in found])[best]

    def onsets(self, x: Floats) -> list[float]:
        """Return the compositions between those of a grid, shape (n,), where the disordered state becomes unstable."""
        found = []
        for line, _ in self._lines:
            bends = self._bend(x, line)
            for place in np.flatnonzero(np.diff(np.sign(bends)) != 0):
                low, high = x[place], x[place + 1]
                for _ in range(_BISECTIONS):
                    middle = (low + high) / 2
                    same = self._bend(np.array([middle]), line)[0] * bends[place] > 0
                    low, high = (middle, high) if same else (low, middle)
                found.append(float(low))
        return sorted(found)

    def slope(self, x: float) -> float:
        """Return the chemical potential of the disordered state of a composition, in eV a site."""
        return float(self._model.mu(self.disordered(np.array([x])))[0, 0])

    def _bend(self, x: Floats, line: Floats) -> Floats:
        return np.einsum("i,nij,j->n", line, self._model.hessian(self.disordered(x)), line)

    def _along(self, x: Floats, line: Floats, one_sided: bool) -> tuple[Floats, Floats]:
        """Return the lowest free energy and its amplitude along a line: on a grid, then between its points."""
        room = self._polytope.offsets - self.disordered(x) @ self._polytope.normals.T
        per_unit = self._polytope.normals @ line
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.maximum(room, 0) / per_unit
        end = np.where(per_unit > 1e-12, ratio, np.inf).min(axis=1)
        begin = np.zeros(len(x)) if one_sided else np.where(per_unit < -1e-12, ratio, -np.inf).max(axis=1)
        # The grid is even in the order and the same at all compositions, but for its ends, so that g is smooth in x.
        first, last = np.floor(begin.min() / self._step), np.ceil(end.max() / self._step)
        orders = np.clip(np.arange(first, last + 1) * self._step, begin[:, None], end[:, None])
        g = self._model.g((self.disordered(x)[:, None] + orders[..., None] * line).reshape(-1, len(line)))
        best = g.reshape(orders.shape).argmin(axis=1)
        nearest = orders[np.arange(len(x)), best]
        low, high = np.maximum(nearest - self._step, begin), np.minimum(nearest + self._step, end)
        order = self._bisected(x, line, low, high, nearest)
        return self._model.g(self.disordered(x) + order[:, None] * line), order

    def _bisected(self, x: Floats, line: Floats, low: Floats, high: Floats, best: Floats) -> Floats:
        """Return where the derivative in the order changes its sign from - to +; the best grid point if it does not."""
        base = self.disordered(x)

        def derivative(order: Floats) -> Floats:
            return self._model.mu(base + order[:, None] * line) @ line

        inside = (derivative(low) < 0) & (derivative(high) > 0)
        if not inside.any():
            return best
        low, high = low.copy(), high.copy()
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            falls = derivative(middle) < 0
            low, high = np.where(falls, middle, low), np.where(falls, high, middle)
        return np.where(inside, (low + high) / 2, best)


def _representatives(system: System) -> Iterator[tuple[Floats, bool]]:
    """Yield a vector from the disordered state to one variant of each set of equivalent ones.

    Also yield whether only this direction is to be looked at, because the opposite one is equivalent.
    """
    seen: list[Floats] = []
    for line, two_sided in zip(*ordering_lines(system), strict=True):
        direction = line * (np.arange(len(line)) > 0)
        if not any(np.allclose(direction, other, atol=1e-9) for other in seen):
            images = system.order_parameters.orbit(direction)
            seen += [*images, *(-images if two_sided else [])]
            yield direction, bool(np.isclose(images, -direction, atol=1e-9).all(axis=1).any() or two_sided)


def _with_tangents(x: Floats, g: Floats, tangents: list[CommonTangent], lowest: LowestFreeEnergy) -> Floats:
    hull = g.copy()
    for tangent in tangents:
        inside = (x >= tangent.x_low) & (x <= tangent.x_high)
        begin = lowest.minimum(np.array([tangent.x_low]))[0][0]
        hull[inside] = np.minimum(g[inside], begin + tangent.slope * (x[inside] - tangent.x_low))
    return hull


Row = dict[str, str | float]


def _two_phases(tangent: CommonTangent, lowest: LowestFreeEnergy, threshold: float) -> Row:
    low, high = (float(abs(lowest.minimum(np.array([x]))[1][0])) for x in (tangent.x_low, tangent.x_high))
    phases = [ORDERED if order > threshold else DISORDERED for order in (low, high)]
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


def _continuous(x: float, lowest: LowestFreeEnergy, step: float) -> Row:
    _, (below, above) = lowest.minimum(np.array([max(x - step, 0.0), min(x + step, 1.0)]))
    phases = [DISORDERED, ORDERED] if abs(above) > abs(below) else [ORDERED, DISORDERED]
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


def _at(temperature: float, arrays: dict[str, Floats], columns: dict[str, Column]) -> Table:
    n_rows = len(next(iter(arrays.values())))
    return Table({"temperature": np.full(n_rows, temperature), **arrays}, columns)
