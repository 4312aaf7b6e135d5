"""Choose the points of a round: ask the criteria, thin out by novelty and say how to bias the sampling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.curvature import curvature
from aiida_matal.science.landscape.model import LandscapeModel
from aiida_matal.science.landscape.sampling.base import Proposals, SamplingCriterion, SamplingProblem
from aiida_matal.science.landscape.sampling.bias import bias_centres, trusted_mu
from aiida_matal.science.landscape.sampling.decision import Decision
from aiida_matal.science.landscape.sampling.explored import Explored
from aiida_matal.science.landscape.sampling.labelled import Labelled
from aiida_matal.science.landscape.sampling.novelty import NoveltySettings, novel, novelty_scores
from aiida_matal.science.landscape.sampling.reweighting import improvements, reweighted, weighted_number
from aiida_matal.science.landscape.sampling.settings import SamplingSettings
from aiida_matal.science.landscape.system import System
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import Table


@dataclass(frozen=True)
class SampleResult:
    """What a round of sampling decides.

    ``decision`` has a row for each proposed point, ``candidates`` for each chosen one, ``summary`` finite numbers by
    name and ``weights`` the weight of each criterion, to be given back in the next round.
    """

    decision: Table
    candidates: Table
    summary: dict[str, float | int]
    weights: dict[str, float]


def sample(
    system: System,
    settings: SamplingSettings,
    round_number: int,
    seed: int,
    *,
    phi: ArrayLike,
    dataset: Table | None = None,
    model: LandscapeModel | None = None,
    previous_model: LandscapeModel | None = None,
    previous_weights: Mapping[str, float] | None = None,
    n_threads: int = 1,
) -> SampleResult:
    """Return the points to sample in a round; the order of the rows of the dataset does not matter.

    The bias of a point is centred at the point itself if there is no model, and at eta + mu / (2 phi) if there is one,
    where the average is expected at the point; a mu far beyond all labels is cut. What a criterion proposes does not
    depend on the other criteria.

    :param round_number: 0 or more; vertices are perturbed more in later rounds.
    :param phi: strength of the bias on each coordinate, shape (d,), in eV a site.
    :param dataset: the points labelled so far.
    :param model: fitted to the dataset; criteria that need one propose nothing without it.
    :param previous_model: fitted before the labels of the last round, to reweight the criteria.
    :param previous_weights: weights of the last round, 1 where not given.
    :param n_threads: how many predictions are made at once; the result does not depend on it.
    :raises InputError: for settings or data that are refused, or if no criterion proposes a point.
    """
    if round_number < 0:
        raise InputError("round_number", round_number, "rounds count from 0", "Give 0 or more.")
    criteria = settings.load_criteria()
    labelled = Labelled.none(system.d) if dataset is None else Labelled.read(dataset, system.d)
    problem = _problem(system, settings, round_number, seed, labelled, model, n_threads)
    weights = _weights(criteria, settings, problem, previous_model, previous_weights or {})
    proposals, silent = _ask(criteria, settings, problem, weights, seed)
    decision = Decision.of(criteria, proposals, silent)
    if settings.novelty is not None and model is not None and len(labelled):
        decision = _thinned(decision, settings.novelty, labelled, model, derive_seed(seed, "novelty", round_number))
    kappa = bias_centres(decision.eta, phi, model, trusted_mu(labelled.mu))
    table, candidates = decision.table(round_number), decision.candidates(round_number, kappa)
    return SampleResult(table, candidates, _summary(decision, weights), weights)


def _problem(
    system: System,
    settings: SamplingSettings,
    round_number: int,
    seed: int,
    labelled: Labelled,
    model: LandscapeModel | None,
    n_threads: int,
) -> SamplingProblem:
    if model is None:
        return SamplingProblem(system, round_number, 1, labelled)
    explored_seed = derive_seed(seed, "explored", round_number)
    explored = Explored(system, model, settings.explored_points, explored_seed, n_threads)
    return SamplingProblem(system, round_number, 1, labelled, model, model.members, explored)


def _weights(
    criteria: Mapping[str, SamplingCriterion],
    settings: SamplingSettings,
    problem: SamplingProblem,
    previous_model: LandscapeModel | None,
    previous: Mapping[str, float],
) -> dict[str, float]:
    weights = dict.fromkeys(criteria, 1.0)
    if settings.reweighting is None:
        return weights
    names = [name for name, criterion in criteria.items() if criterion.reweighted]
    improved: dict[str, float] = {}
    if problem.model is not None and previous_model is not None:
        improved = improvements(problem.labelled, problem.round_number - 1, problem.model, previous_model)
    return weights | reweighted(names, previous, improved, settings.reweighting.alpha)


def _ask(
    criteria: Mapping[str, SamplingCriterion],
    settings: SamplingSettings,
    problem: SamplingProblem,
    weights: Mapping[str, float],
    seed: int,
) -> tuple[dict[str, Proposals], dict[str, str]]:
    """Return what each criterion proposes, and why some propose nothing."""
    proposals: dict[str, Proposals] = {}
    silent: dict[str, str] = {}
    for name, criterion in criteria.items():
        missing = criterion.missing(problem)
        if missing:
            silent[name] = f"{name} proposes nothing: it needs {missing}"
            continue
        n_points = criterion.settings.n_points
        if settings.reweighting is not None:
            n_points = weighted_number(n_points, weights[name], settings.reweighting.floor)
        rng = np.random.default_rng(derive_seed(seed, name, problem.round_number))
        proposed = criterion.propose(replace(problem, n_points=n_points), rng)
        if len(proposed):
            proposals[name] = proposed
        else:
            silent[name] = f"{name} proposes nothing: no explored point meets it"
    if not proposals:
        cure = "Add a criterion that needs no model, such as billiard_walk."
        raise InputError("settings.criteria", list(criteria), "; ".join(silent.values()), cure)
    return proposals, silent


def _thinned(
    decision: Decision, settings: NoveltySettings, labelled: Labelled, model: LandscapeModel, seed: int
) -> Decision:
    eigenvalues = curvature(model, decision.eta).eigenvalues
    scores = novelty_scores(decision.eta, labelled.eta, eigenvalues, settings)
    retained = novel(scores, settings.threshold, np.random.default_rng(seed))
    return replace(decision, novelty=scores, retained=retained)


def _summary(decision: Decision, weights: Mapping[str, float]) -> dict[str, float | int]:
    n_chosen = int(decision.retained.sum())
    taken = decision.names[decision.retained]
    return {
        "n_proposed": len(decision),
        "n_candidates": n_chosen,
        "n_dropped_by_novelty": len(decision) - n_chosen,
        **{f"n_{name}": int((taken == name).sum()) for name in weights},
        **{f"weight_{name}": weight for name, weight in weights.items()},
    }
