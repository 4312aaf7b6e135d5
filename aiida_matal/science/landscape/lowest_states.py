"""The lowest free energy at each composition among states with one order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.order_lines import DISORDERED, OrderLine
from aiida_matal.science.landscape.polytope import Polytope

Floats = NDArray[np.float64]

_BISECTIONS = 40
#: Compositions less apart are one.
_SAME = 1e-6


class Lowest(NamedTuple):
    """The states of lowest free energy at compositions.

    :ivar g: in eV a site, shape (n,).
    :ivar gain: how far the order lowers the free energy, in eV a site, shape (n,).
    :ivar order: amplitudes of the order, with their signs, shape (n,).
    :ivar line: which of the lines each is on, shape (n,).
    """

    g: Floats
    gain: Floats
    order: Floats
    line: NDArray[np.intp]


class LowestStates:
    """The states of lowest free energy at each composition, over lines along which order grows."""

    def __init__(self, model: FreeEnergy, polytope: Polytope, lines: Sequence[OrderLine], order_step: float) -> None:
        self._model = model
        self._polytope = polytope
        self._step = order_step
        self._lines = lines
        self._names = np.array([line.name for line in lines])

    def disordered(self, x: Floats) -> Floats:
        """Return the points without order at compositions, shape (n,): shape (n, d)."""
        points = np.zeros((len(x), self._polytope.d))
        points[:, 0] = x
        return points

    def at(self, x: Floats) -> Lowest:
        """Return the states of lowest free energy at compositions, shape (n,)."""
        found = [self._along(x, line.vector, line.one_sided) for line in self._lines]
        energies, orders = (np.array(values) for values in zip(*found, strict=True))
        best = energies.argmin(axis=0)
        rows = np.arange(len(x))
        g = energies[best, rows]
        return Lowest(g, self._model.g(self.disordered(x)) - g, orders[best, rows], best)

    def phases(self, states: Lowest, threshold: float, tolerance: float) -> NDArray[np.str_]:
        """Return the names of the phases of some states.

        :param threshold: a state with less order is disordered.
        :param tolerance: so is one whose order lowers the free energy by no more, in eV a site.
        """
        ordered = (np.abs(states.order) > threshold) & (states.gain > tolerance)
        return np.where(ordered, self._names[states.line], DISORDERED)

    def g(self, x: Floats) -> Floats:
        """Return the lowest free energy at compositions, in eV a site, shape (n,)."""
        return self.at(x).g

    def onsets(self, x: Floats) -> list[float]:
        """Return the compositions between those of a grid, shape (n,), where the disordered state becomes unstable."""
        found = sorted(place for line in self._lines for place in self._changes_of_sign(x, line.vector))
        # One instability may bear several orders.
        return [place for number, place in enumerate(found) if number == 0 or place - found[number - 1] > _SAME]

    def _changes_of_sign(self, x: Floats, line: Floats) -> list[float]:
        found = []
        bends = self._bend(x, line)
        for place in np.flatnonzero(np.diff(np.sign(bends)) != 0):
            low, high = x[place], x[place + 1]
            for _ in range(_BISECTIONS):
                middle = (low + high) / 2
                same = self._bend(np.array([middle]), line)[0] * bends[place] > 0
                low, high = (middle, high) if same else (low, middle)
            found.append(float(low))
        return found

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
