"""A fixed set of test points, by the regions of the landscape that matter."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, field_validator

from aiida_matal.science.landscape.columns import candidate_table
from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.sampling.base import SamplingProblem
from aiida_matal.science.landscape.sampling.bias import bias_centres
from aiida_matal.science.landscape.sampling.explored import Explored
from aiida_matal.science.landscape.sampling.labelled import Labelled
from aiida_matal.science.landscape.system import System
from aiida_matal.science.registry import SAMPLING_CRITERIA, load_class
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Table

Floats = NDArray[np.float64]

#: The regions, as the published table of errors names them, with the criterion that finds each and its settings.
REGIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "BW": ("billiard_walk", {"share_2d": 0.0}),
    "BW_2D": ("billiard_walk", {"share_2d": 1.0}),
    "wells": ("set_wells", {}),
    "vertices": ("vertices", {"perturbation": 0.025}),
    "endpoints": ("endpoints", {}),
    "non_convexities": ("non_convexities", {}),
    "lowest_free_energy": ("lowest_free_energy", {}),
}


class TestSetSettings(Settings):
    """How many points of each region are in the test set."""

    __test__ = False  # pytest takes the class for one of tests otherwise

    temperature: float = Field(gt=0, description="the temperature in K of the campaign")
    n_points: dict[str, int] = Field(
        default_factory=lambda: dict.fromkeys(REGIONS, 100),
        min_length=1,
        description=f"numbers of points (1 or more) of any of the regions {', '.join(REGIONS)}",
    )
    explored_points: int = Field(
        100_000, ge=1, description="the number of points among which instabilities are looked for (1 or more)"
    )

    @field_validator("n_points")
    @classmethod
    def _known(cls, n_points: dict[str, int]) -> dict[str, int]:
        odd = sorted(set(n_points) - set(REGIONS)) or [name for name, number in n_points.items() if number < 1]
        if odd:
            raise ValueError(f"{odd[0]} is not a region, or has no points")
        return n_points


def design_test_set(system: System, settings: TestSetSettings, phi: ArrayLike, seed: int) -> Table:
    """Return the candidates of a test set; the column ``criterion`` holds the region of each.

    The Bragg-Williams free energy at the temperature says where the free energy is unstable or lowest, and where the
    bias is to be centred. So the set does not depend on any model that is tested on it. Regions as in Holber and
    Garikipati (2025), section 3.1. Where the Bragg-Williams free energy is convex there are fewer unstable points.

    :param phi: strength of the bias on each coordinate, shape (d,), in eV a site.
    :raises InputError: if ``phi`` are not d numbers above 0.
    """
    model = MeanFieldModel(system, settings.temperature)
    explored = Explored(system, model, settings.explored_points, derive_seed(seed, "explored"))
    ids: list[str] = []
    names: list[str] = []
    points = [np.empty((0, system.d))]
    for region, n_points in settings.n_points.items():
        # The vertices are perturbed by their setting in round 1.
        problem = SamplingProblem(system, 1, n_points, Labelled.none(system.d), model, (), explored)
        eta = _region(region, problem, np.random.default_rng(derive_seed(seed, region)))
        ids += [f"test_{region}_{number:05d}" for number in range(len(eta))]
        names += [region] * len(eta)
        points.append(eta)
    wanted = np.concatenate(points)
    return candidate_table(ids, names, wanted, bias_centres(wanted, phi, model))


def _region(region: str, problem: SamplingProblem, rng: np.random.Generator) -> Floats:
    """Return the points of a region: as many as asked for, drawn evenly from the parts that the region may have."""
    name, settings = REGIONS[region]
    eta = load_class(SAMPLING_CRITERIA, name)(settings).propose(problem, rng).eta
    if len(eta) <= problem.n_points:
        return eta
    return eta[np.sort(rng.choice(len(eta), size=problem.n_points, replace=False))]
