"""The labelled points of a dataset, in an order that does not depend on that of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import CRITERION, ETA, MU, dimension, numbered
from aiida_matal.science.learning.base import refuse_not_finite
from aiida_matal.science.table import ID, Table

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Labelled:
    """Points that Monte Carlo sampled: ``eta`` (n, d) and ``mu`` (n, d) in eV a site.

    ``criterion`` (n,) names who asked for each point, and ``round_number`` (n,) when.
    """

    eta: Floats
    mu: Floats
    criterion: NDArray[Any]
    round_number: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.eta)

    @classmethod
    def none(cls, d: int) -> Self:
        """Return no points at all."""
        nothing = np.empty((0, d))
        return cls(nothing, nothing, np.empty(0, dtype=np.str_), np.empty(0, dtype=np.int64))

    @classmethod
    def read(cls, dataset: Table, d: int) -> Self:
        """Return the points of a dataset whose status is ok, sorted by id.

        :raises InputError: if a column is missing, the points have not ``d`` coordinates or a value is not finite.
        """
        if dimension(dataset, ETA) != d or dimension(dataset, MU) != d:
            cure = "Give the dataset of the same system."
            raise InputError("dataset", dimension(dataset, ETA), f"its points have not {d} coordinates", cure)
        known = dataset.take(dataset["status"] == "ok")
        known = known.take(np.argsort(known[ID], kind="stable"))
        eta, mu = known.matrix(numbered(ETA, d)), known.matrix(numbered(MU, d))
        refuse_not_finite("dataset.eta", eta)
        refuse_not_finite("dataset.mu", mu)
        return cls(eta, mu, known[CRITERION], known["round"])

    def take(self, rows: NDArray[np.bool_]) -> Labelled:
        """Return the points where ``rows`` (n,) is true."""
        return Labelled(self.eta[rows], self.mu[rows], self.criterion[rows], self.round_number[rows])
