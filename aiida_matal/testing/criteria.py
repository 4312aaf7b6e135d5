"""Conformance suite for criteria."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from aiida_matal.science.acquisition.base import Criterion, Selection, SelectionProblem
from aiida_matal.science.learning.base import Prediction
from aiida_matal.testing.requirements import require, require_settings


def check_criterion(cls: type[Criterion], settings: Mapping[str, Any]) -> None:
    """Check that a criterion keeps the promises of :class:`aiida_matal.science.acquisition.base.Criterion`.

    :param settings: valid settings of the criterion, for three features.
    :raises AssertionError: naming the criterion and the first promise that it breaks.
    """
    require_settings(cls, settings, cls.__name__)
    require(isinstance(getattr(cls, "needs_labels", None), bool), f"{cls.__name__}.needs_labels is not a bool")
    criterion = cls(settings)
    problem = _problem()
    for case in [problem, *_borderline(problem, cls.needs_labels)]:
        _check_selection(cls.__name__, _select(criterion, case), case)
    _check_determinism(cls, settings, problem)
    _check_order(criterion, problem)


def _problem() -> SelectionProblem:
    random = np.random.default_rng(0)
    candidates, labelled = random.normal(size=(25, 3)), random.normal(size=(8, 3))
    prediction = Prediction(random.normal(size=25), random.uniform(size=25))
    target = labelled[:, 0] - np.cos(labelled[:, 1])
    return SelectionProblem(candidates, labelled, target, np.full(8, 0.1), prediction, batch_size=4, seed=3)


def _borderline(problem: SelectionProblem, needs_labels: bool) -> list[SelectionProblem]:
    prediction = problem.prediction
    one = Prediction(prediction.mean[:1], None) if prediction else None
    cases = [
        replace(problem, batch_size=len(problem.candidates)),
        replace(problem, candidates=problem.candidates[:1], prediction=one, batch_size=1),
        replace(problem, candidates=np.full_like(problem.candidates, 0.1)),
        replace(problem, prediction=None, target_error=None),
        replace(problem, groups=np.arange(len(problem.candidates)) % 6),
        replace(problem, groups=np.arange(len(problem.candidates)) % 6, batch_size=6),
    ]
    if not needs_labels:
        nothing = {"labelled": problem.labelled[:0], "target": problem.target[:0], "target_error": None}
        cases.append(replace(problem, prediction=None, **nothing))  # type: ignore[arg-type]
    return cases


def _select(criterion: Criterion, problem: SelectionProblem) -> Selection:
    try:
        return criterion.select(problem)
    except Exception as exception:
        case = "with labels" if len(problem.labelled) else "without labels"
        raise AssertionError(f"{type(criterion).__name__} fails {case}: {exception}") from exception


def _check_selection(name: str, selection: Selection, problem: SelectionProblem) -> None:
    n_candidates = len(problem.candidates)
    complete = np.array_equal(np.sort(selection.ranking), np.arange(n_candidates))
    require(complete, f"the ranking of {name} does not hold every candidate once")
    one_each = len(selection.reasons) == n_candidates and all(selection.reasons)
    require(one_each, f"{name} does not give a reason for each candidate")
    if problem.groups is not None:
        groups = problem.groups[selection.ranking[: problem.batch_size]]
        require(len(set(groups.tolist())) == len(groups), f"{name} chooses two candidates of one group")
    for key, scores in selection.scores.items():
        require(scores.shape == (n_candidates,), f"the score '{key}' of {name} is not one number a candidate")
        require(not np.isinf(scores).any(), f"the score '{key}' of {name} is infinite")


def _check_determinism(cls: type[Criterion], settings: Mapping[str, Any], problem: SelectionProblem) -> None:
    given = problem.candidates.copy(), problem.labelled.copy(), problem.target.copy()
    criterion = cls(settings)
    first, second, fresh = criterion.select(problem), criterion.select(problem), cls(settings).select(problem)
    same = np.array_equal(first.ranking, second.ranking) and np.array_equal(first.ranking, fresh.ranking)
    require(same, f"{cls.__name__} gives two rankings for the same problem and seed")
    now = problem.candidates, problem.labelled, problem.target
    unchanged = all(np.array_equal(before, after) for before, after in zip(given, now, strict=True))
    require(unchanged, f"{cls.__name__}.select changes the arrays that it is given")


def _check_order(criterion: Criterion, problem: SelectionProblem) -> None:
    """Require that the order of the candidates does not matter, of a criterion that does not use the seed."""
    plain = criterion.select(problem)
    if not np.array_equal(plain.ranking, criterion.select(replace(problem, seed=problem.seed + 1)).ranking):
        return
    order = np.random.default_rng(1).permutation(len(problem.candidates))
    prediction = problem.prediction
    if prediction is not None and prediction.error is not None:
        prediction = Prediction(prediction.mean[order], prediction.error[order])
    shuffled = criterion.select(replace(problem, candidates=problem.candidates[order], prediction=prediction))
    same = np.array_equal(order[shuffled.ranking], plain.ranking)
    require(same, f"the choice of {type(criterion).__name__} depends on the order of the candidates")
