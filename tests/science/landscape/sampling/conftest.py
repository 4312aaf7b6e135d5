"""A system, and a free energy whose wells, saddles and curvature are known exactly."""

from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.columns import MU, vectors_table
from aiida_matal.science.landscape.model import LandscapeModel
from aiida_matal.science.landscape.sampling.base import SamplingProblem
from aiida_matal.science.landscape.sampling.explored import Explored
from aiida_matal.science.landscape.sampling.labelled import Labelled
from aiida_matal.science.table import Column


class Wells(LandscapeModel):
    """g = k (x - 1/2)^2 / 2 + sum over order parameters of b eta^4 / 4 - a eta^2 / 2, of which mu is `factor` times."""

    def __init__(self, d, k=2.0, a=0.03, b=1.0, factor=1.0, members=()):
        self.d, self.k, self.a, self.b, self.factor = d, k, a, b, factor
        self._members = members

    @property
    def members(self):
        return self._members

    def g(self, eta):
        x, order = eta[:, 0] - 0.5, eta[:, 1:]
        return self.factor * (self.k * x**2 / 2 + (self.b * order**4 / 4 - self.a * order**2 / 2).sum(axis=1))

    def mu(self, eta):
        x, order = eta[:, :1] - 0.5, eta[:, 1:]
        return self.factor * np.column_stack([self.k * x, self.b * order**3 - self.a * order])

    def hessian(self, eta):
        diagonal = np.column_stack([np.full(len(eta), self.k), 3 * self.b * eta[:, 1:] ** 2 - self.a])
        return self.factor * diagonal[:, :, np.newaxis] * np.eye(self.d)

    def write(self, folder):
        raise NotImplementedError

    @classmethod
    def read(cls, folder):
        raise NotImplementedError


@pytest.fixture(scope="session")
def layered(fcc):
    """The face-centred cubic lattice with L1_0: composition and three order parameters."""
    return fcc


@pytest.fixture
def make_problem(layered):
    """Return a function that gives a sampling problem with the free energy of known wells."""

    def make(system=layered, n_points=5, model=None, labelled=None, round_number=1, explored_points=2000, members=()):
        model = Wells(system.d) if model is None else model
        labelled = Labelled.none(system.d) if labelled is None else labelled
        explored = Explored(system, model, explored_points, 3)
        return SamplingProblem(system, round_number, n_points, labelled, model, members, explored)

    return make


@pytest.fixture
def make_dataset():
    """Return a function that gives a dataset of labelled points."""

    def make(eta, mu, criteria=None, rounds=None, status=None):
        n = len(eta)
        criteria = ["billiard_walk"] * n if criteria is None else criteria
        ids = [f"p{number:03d}" for number in range(n)]
        table = vectors_table(ids, {"criterion": criteria}, {"eta": np.asarray(eta), MU: np.asarray(mu)})
        rounds = np.zeros(n, dtype=int) if rounds is None else np.asarray(rounds)
        status = ["ok"] * n if status is None else status
        described = {"round": Column("round", "1"), "status": Column("status")}
        return table.with_columns({"round": rounds, "status": np.array(status, dtype=np.str_)}, described)

    return make


@pytest.fixture
def wells_model():
    """The class of free energies with known wells."""
    return Wells
