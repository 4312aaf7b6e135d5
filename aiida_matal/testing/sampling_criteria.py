"""Conformance suite for sampling criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.sampling.base import Proposals, SamplingCriterion, SamplingProblem
from aiida_matal.science.landscape.sampling.explored import Explored, walk
from aiida_matal.science.landscape.sampling.labelled import Labelled
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.testing.requirements import require, require_settings

#: A cubic crystal whose sites order in layers along one of the three axes.
SYSTEM = {
    "crystal": {
        "lattice": [[3.0, 0.0, 0.0], [0.0, 3.0, 0.0], [0.0, 0.0, 3.0]],
        "sites": [{"position": [0, 0, 0], "occupants": ["A", "B"]}],
    },
    "expansion": {"constant": 0.0, "orbits": [{"sites": [[0, 0, 0, 0], [0, 1, 0, 0]], "eci": -0.03}]},
    "ordering": {"k_point": [0.5, 0, 0]},
}


def check_sampling_criterion(cls: type[SamplingCriterion], settings: Mapping[str, Any]) -> None:
    """Check that a criterion keeps the promises of :class:`aiida_matal.science.landscape.sampling.base`.

    It is asked about a system of four coordinates with a committee of two models.

    :param settings: valid settings of the criterion.
    :raises AssertionError: naming the criterion and the first promise that it breaks.
    """
    name = cls.__name__
    require_settings(cls, settings, name)
    for flag in ("needs_model", "needs_committee", "needs_labels", "reweighted"):
        require(isinstance(getattr(cls, flag, None), bool), f"{name}.{flag} is not a bool")
    criterion = cls(settings)
    n_points = getattr(criterion.settings, "n_points", None)
    require(isinstance(n_points, int), f"the settings of {name} have no n_points")
    problem = _problem()
    for case in (problem, replace(problem, n_points=1), replace(problem, round_number=9), *_bare(cls, problem)):
        _check_proposals(name, _propose(criterion, case), case)
    _check_determinism(cls, settings, problem)


def _problem() -> SamplingProblem:
    system = System.from_settings(SystemSettings.parse(SYSTEM, "system"))
    model, other = MeanFieldModel(system, 600.0), MeanFieldModel(system, 500.0)
    eta = walk(system, 30, 0.2, 0.05, 1)
    labelled = Labelled(eta, other.mu(eta), np.full(30, "billiard_walk"), np.zeros(30, dtype=np.int64))
    return SamplingProblem(system, 1, 6, labelled, model, [model, other], Explored(system, model, 500, 2))


def _bare(cls: type[SamplingCriterion], problem: SamplingProblem) -> list[SamplingProblem]:
    """Return problems without what the criterion says that it does not need."""
    cases = []
    if not cls.needs_labels:
        cases.append(replace(problem, labelled=Labelled.none(problem.system.d)))
    if not cls.needs_committee:
        cases.append(replace(problem, members=()))
    if not cls.needs_model and not cls.needs_committee:
        cases.append(replace(problem, model=None, members=(), explored=None))
    return cases


def _propose(criterion: SamplingCriterion, problem: SamplingProblem) -> Proposals:
    name = type(criterion).__name__
    require(not criterion.missing(problem), f"{name} misses what it says that it does not need")
    given = problem.labelled.eta.copy(), problem.labelled.mu.copy()
    try:
        proposals = criterion.propose(problem, np.random.default_rng(7))
    except Exception as exception:
        case = "with" if problem.model is not None else "without"
        raise AssertionError(f"{name} fails {case} a model: {exception}") from exception
    now = problem.labelled.eta, problem.labelled.mu
    unchanged = all(np.array_equal(before, after) for before, after in zip(given, now, strict=True))
    require(unchanged, f"{name}.propose changes the arrays that it is given")
    return proposals


def _check_proposals(name: str, proposals: Proposals, problem: SamplingProblem) -> None:
    system = problem.system
    right = proposals.eta.ndim == 2 and proposals.eta.shape[1] == system.d and np.isfinite(proposals.eta).all()
    require(bool(right), f"{name} proposes points that are not {system.d} finite coordinates")
    inside = system.polytope.contains(proposals.eta, 1e-9).all()
    require(bool(inside), f"{name} proposes points outside the polytope")
    require(not np.isinf(proposals.score).any(), f"a score of {name} is infinite")


def _check_determinism(cls: type[SamplingCriterion], settings: Mapping[str, Any], problem: SamplingProblem) -> None:
    first, second = (cls(settings).propose(problem, np.random.default_rng(3)) for _ in range(2))
    same = np.array_equal(first.eta, second.eta) and np.array_equal(first.score, second.score, equal_nan=True)
    require(same, f"{cls.__name__} proposes different points for the same problem and seed")
