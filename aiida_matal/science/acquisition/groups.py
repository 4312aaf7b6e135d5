"""Groups of candidates, such as systems, of which one candidate each is labelled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.acquisition.base import DECIMALS, Selection
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.learning.training_data import feature_matrix
from aiida_matal.science.table import ID, Table


@dataclass(frozen=True)
class Ranking:
    """Candidates by rank: their ``rows`` in the table, the ``reasons``, and how many are open to the choice.

    The first ``n_open`` are open, all others closed.
    """

    rows: NDArray[np.intp]
    reasons: list[str]
    n_open: int


@dataclass(frozen=True)
class Groups:
    """The groups of a table of candidates: those with equal values in ``column``.

    ``of`` (n,) numbers the group of each candidate from 0, and ``names`` names the groups. ``free`` holds the rows of
    the candidates whose group has no label, of any status.
    """

    candidates: Table
    column: str
    of: NDArray[np.intp]
    names: list[str]
    free: NDArray[np.intp]

    @classmethod
    def read(cls, candidates: Table, dataset: Table | None, column: str) -> Groups:
        """Return the groups of the candidates.

        :raises InputError: if a table has no such column, or every group has a label.
        """
        names, of = np.unique(candidates[column], return_inverse=True)
        free = np.arange(len(candidates))
        if dataset is not None:
            free = np.flatnonzero(~np.isin(candidates[column], dataset[column]))
        if len(free) == 0:
            reason = f"no candidate is left, every {column} has a label already"
            raise InputError("pool", f"{len(candidates)} rows", reason, "Give candidates of other groups.")
        return cls(candidates, column, of, [str(name) for name in names.tolist()], free)

    def rank(self, selection: Selection, batch_size: int, nearest_to: Mapping[str, float] | None) -> Ranking:
        """Return the ranking of all candidates in which one stands for each group; the others are closed.

        The groups without a label come in the order of the selection. The candidate that stands for a group is the one
        that the selection comes to first or, with ``nearest_to``, the one nearest to these values.

        :param selection: of the candidates ``free``.
        :param batch_size: how many of the ranking are chosen.
        """
        rows = self.free[selection.ranking]
        first = np.sort(np.unique(self.of[rows], return_index=True)[1])
        heads, reasons = rows[first], [selection.reasons[place] for place in first]
        if nearest_to is not None:
            came_first, heads = heads, self._nearest(nearest_to)[self.of[heads]]
            ids = self.candidates[ID]
            reasons = [
                reason if head == found else f"for {ids[found]} of the same {self.column}: {reason}"
                for head, found, reason in zip(heads, came_first, reasons, strict=True)
            ]
        others = rows[~np.isin(rows, heads)]
        closed = np.setdiff1d(np.arange(len(self.candidates)), self.free)
        why_not = self._why_not(heads, batch_size, nearest_to)
        reasons += [why_not[self.of[row]] for row in others]
        reasons += [f"{self.names[self.of[row]]} has a label already" for row in closed]
        return Ranking(np.concatenate([heads, others, closed]), reasons, len(heads))

    def _nearest(self, values: Mapping[str, float]) -> NDArray[np.intp]:
        """Return for each group its candidate nearest to ``values``, in the columns' standard deviations."""
        points = feature_matrix(self.candidates, list(values))
        scale = Standardisation.of(points).scale
        distance = np.linalg.norm((points - np.array(list(values.values()))) / scale, axis=1)
        order = np.argsort(np.round(distance, DECIMALS), kind="stable")
        return order[np.unique(self.of[order], return_index=True)[1]]

    def _why_not(
        self, heads: NDArray[np.intp], batch_size: int, nearest_to: Mapping[str, float] | None
    ) -> dict[int, str]:
        """Return for each group why the candidates beside its head are closed."""
        values = ", ".join(f"{name} = {value:g}" for name, value in (nearest_to or {}).items())
        reasons = {}
        for place, head in enumerate(heads):
            identifier, group = self.candidates[ID][head], int(self.of[head])
            if place < batch_size:
                reasons[group] = f"{identifier} of this batch is of the same {self.column}"
            elif nearest_to is None:
                reasons[group] = f"{identifier} is ahead of it and of the same {self.column}"
            else:
                reasons[group] = f"{identifier}, the nearest to {values}, stands for {self.names[group]}"
        return reasons
