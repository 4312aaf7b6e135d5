from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, Matern

from aiida_matal.science.acquisition.base import SelectionProblem
from aiida_matal.science.acquisition.gp_variance import GPVarianceCriterion
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner

KERNELS = {"rbf": RBF([0.6, 1.1]), "matern52": Matern([0.6, 1.1], nu=2.5)}


def refit_for_each_choice(problem, kernel, noise, pick_noise, choices=None):
    """Return choices and variances by a Gaussian process that is set up again after each choice.

    The largest variances are returned for ``choices``, if they are given.
    """
    everything = np.concatenate([problem.candidates, problem.labelled])
    candidates = (problem.candidates - everything.mean(0)) / everything.std(0)
    known = (problem.labelled - everything.mean(0)) / everything.std(0)
    picks, variances, chosen = [], [], np.zeros(len(candidates), dtype=bool)
    for number in range(problem.batch_size):
        process = GaussianProcessRegressor(kernel, alpha=noise, optimizer=None).fit(known, np.zeros(len(known)))
        variance = process.predict(candidates, return_std=True)[1] ** 2
        best = int(np.argmax(np.where(chosen, -1, variance)))
        picks.append(best if choices is None else choices[number])
        variances.append(variance[best])
        chosen[picks[-1]] = True
        known = np.concatenate([known, candidates[[picks[-1]]]])
        noise = np.append(noise, pick_noise)
    return picks, variances


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("noise", [1e-4, 0.3])
def test_a_batch_is_what_setting_up_the_process_again_for_each_choice_gives(make_problem, kernel, noise):
    problem = make_problem(batch_size=12)
    fixed = {"length_scales": [0.6, 1.1], "noise": noise}
    selection = GPVarianceCriterion({"kernel": kernel, "fixed": fixed}).select(problem)
    picks, variances = refit_for_each_choice(problem, KERNELS[kernel], np.full(6, noise), noise)
    assert selection.ranking[:12].tolist() == picks
    assert selection.scores["gp_variance"][picks] == pytest.approx(variances, abs=1e-8)


@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), n_labels=st.integers(1, 6), batch_size=st.integers(1, 6))
def test_each_choice_has_the_largest_variance_when_the_process_is_set_up_again(seed, n_labels, batch_size):
    random = np.random.default_rng(seed)
    candidates, labelled = random.normal(size=(15, 2)), random.normal(size=(n_labels, 2))
    problem = SelectionProblem(candidates, labelled, np.zeros(n_labels), None, None, batch_size, seed=0)
    criterion = GPVarianceCriterion({"kernel": "rbf", "fixed": {"length_scales": [0.6, 1.1], "noise": 0.01}})
    selection = criterion.select(problem)
    chosen = selection.ranking[:batch_size]
    expected = refit_for_each_choice(problem, KERNELS["rbf"], np.full(n_labels, 0.01), 0.01, chosen)[1]
    assert selection.scores["gp_variance"][chosen] == pytest.approx(expected, abs=1e-8)


def test_learned_hyper_parameters_are_those_of_the_learner(make_problem):
    problem = make_problem(batch_size=1, target_error=np.linspace(0.01, 0.3, 6))
    learner_settings = {"kernel": "rbf", "n_restarts": 1}
    selection = GPVarianceCriterion(learner_settings).select(problem)
    everything = np.concatenate([problem.candidates, problem.labelled])

    def scaled(points):
        return (points - everything.mean(0)) / everything.std(0)

    model = GaussianProcessLearner(learner_settings).fit(
        scaled(problem.labelled), problem.target, target_error=problem.target_error, seed=problem.seed
    )
    error = model.predict(scaled(problem.candidates)).error
    fraction = (error / model.target_scaling.scale) ** 2 / model.kernel.variance
    pick = selection.ranking[0]
    assert pick == np.argmax(error)
    assert selection.scores["gp_variance"][pick] == pytest.approx(fraction[pick], abs=1e-9)


def test_scores_fall_along_the_ranking_and_are_fractions(make_problem):
    selection = GPVarianceCriterion({}).select(make_problem())
    scores = selection.scores["gp_variance"][selection.ranking]
    assert (np.diff(scores) <= 1e-9).all()
    assert scores.min() >= 0
    assert scores.max() <= 1


def test_the_labels_do_not_matter_once_the_hyper_parameters_are_fixed(make_problem):
    criterion = GPVarianceCriterion({"fixed": {"length_scales": [1.0, 1.0]}})
    rankings = [
        criterion.select(make_problem(target=target)).ranking.tolist() for target in (np.zeros(6), np.arange(6.0))
    ]
    assert rankings[0] == rankings[1]


def test_equal_candidates_are_chosen_in_their_order(make_problem):
    candidates = np.repeat([[0.0, 0.0], [3.0, 3.0]], 3, axis=0)
    criterion = GPVarianceCriterion({"fixed": {"length_scales": [1.0, 1.0], "noise": 0.5}})
    selection = criterion.select(make_problem(candidates=candidates, labelled=np.zeros((4, 2)), target=np.zeros(4)))
    assert selection.ranking[:3].tolist() == [3, 4, 5]


def test_a_candidate_next_to_one_that_was_chosen_is_not_chosen_too(make_problem):
    candidates = np.array([[5.0, 5.0], [5.001, 5.0], [-5.0, 2.0], [0.0, 0.1]])
    selection = GPVarianceCriterion({"fixed": {"length_scales": [1.0, 1.0], "noise": 1e-3}}).select(
        make_problem(candidates=candidates, batch_size=2)
    )
    assert set(selection.ranking[:2].tolist()) in ({0, 2}, {1, 2})


@pytest.mark.parametrize("scales", [[1.0], [1.0, 1.0, 1.0], [1.0, -1.0], []])
def test_length_scales_that_do_not_fit_the_features_are_refused(make_problem, scales):
    with pytest.raises(InputError, match=r"criterion settings\.fixed\.length_scales"):
        GPVarianceCriterion({"fixed": {"length_scales": scales}}).select(make_problem())


def test_hyper_parameters_are_learned_from_some_labels_and_used_with_all(make_problem):
    random = np.random.default_rng(1)
    labelled = random.normal(size=(60, 2))
    problem = make_problem(labelled=labelled, target=np.sin(labelled[:, 0]), batch_size=1)
    few = GPVarianceCriterion({"n_restarts": 0, "max_learning_labels": 20}).select(problem)
    again = GPVarianceCriterion({"n_restarts": 0, "max_learning_labels": 20}).select(problem)
    every = GPVarianceCriterion({"n_restarts": 0, "max_learning_labels": None}).select(problem)
    enough = GPVarianceCriterion({"n_restarts": 0, "max_learning_labels": 60}).select(problem)
    assert few.scores["gp_variance"].tolist() == again.scores["gp_variance"].tolist()
    assert few.scores["gp_variance"].tolist() != every.scores["gp_variance"].tolist()
    assert enough.scores["gp_variance"].tolist() == every.scores["gp_variance"].tolist()
    only = make_problem(labelled=labelled[:20], target=problem.target[:20], batch_size=1)
    alone = GPVarianceCriterion({"n_restarts": 0}).select(only)
    assert few.scores["gp_variance"].mean() < 0.9 * alone.scores["gp_variance"].mean()
