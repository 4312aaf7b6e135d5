from __future__ import annotations

import numpy as np
import physbo
import pytest

from aiida_matal.science.acquisition.base import SelectionProblem
from aiida_matal.science.acquisition.gp_variance import GPVarianceCriterion
from aiida_matal.science.acquisition.physbo import JITTER, learn_hyper_parameters
from aiida_matal.science.errors import InputError

SCALE, WIDTHS, STD = 2.0, np.array([0.7, 1.6]), 0.3
FIXED = {
    "kernel": "rbf",
    "fixed": {"length_scales": WIDTHS.tolist(), "noise": (STD**2 + JITTER) / SCALE**2},
}


def standardised_problem(n_candidates, n_labels, batch_size):
    """Return a problem whose features have mean 0 and standard deviation 1 over candidates and labels."""
    points = np.random.default_rng(5).normal(size=(n_candidates + n_labels, 2))
    points = (points - points.mean(0)) / points.std(0)
    labelled, candidates = np.split(points, [n_labels])
    return SelectionProblem(candidates, labelled, np.sin(labelled[:, 0]), None, None, batch_size, seed=1)


def physbo_process():
    """Return PHYSBO's Gaussian process with the hyper-parameters above."""
    covariance = physbo.gp.cov.Gauss(num_dim=2, width=WIDTHS, scale=SCALE, ard=True)
    model = physbo.gp.core.Model(cov=covariance, mean=physbo.gp.mean.Const(), lik=physbo.gp.lik.Gauss(std=STD))
    return physbo.gp.Predictor(physbo.misc.SetConfig(), model)


def physbo_variance(labelled, candidates):
    process, known = physbo_process(), physbo.Variable(X=labelled, t=np.zeros(len(labelled)))
    process.prepare(known)
    return process.get_post_fcov(known, physbo.Variable(X=candidates)) / SCALE**2


def test_the_variance_that_remains_is_that_of_physbo():
    problem = standardised_problem(60, 25, 1)
    selection = GPVarianceCriterion(FIXED).select(problem)
    expected = physbo_variance(problem.labelled, problem.candidates)
    scores, pick = selection.scores["gp_variance"], selection.ranking[0]
    assert pick == expected.argmax()
    assert scores[pick] == pytest.approx(expected[pick], abs=1e-8)
    after = physbo_variance(np.concatenate([problem.labelled, problem.candidates[[pick]]]), problem.candidates)
    assert np.delete(scores, pick) == pytest.approx(np.delete(after, pick), abs=1e-8)


@pytest.mark.parametrize("n_groups", [None, 20])
def test_a_batch_is_what_a_loop_over_physbo_chooses(n_groups):
    problem = standardised_problem(300, 40, 15)
    groups = None if n_groups is None else np.arange(300) % n_groups
    known, choices = problem.labelled, []
    is_open = np.ones(300, dtype=bool)
    for _ in range(problem.batch_size):
        variance = physbo_variance(known, problem.candidates)
        choices.append(int(np.argmax(np.where(is_open, variance, -1))))
        is_open[choices[-1]] = False
        if groups is not None:
            is_open[groups == groups[choices[-1]]] = False
        known = np.concatenate([known, problem.candidates[[choices[-1]]]])
    arguments = (problem.candidates, problem.labelled, problem.target, None, None, 15, 1, groups)
    assert GPVarianceCriterion(FIXED).select(SelectionProblem(*arguments)).ranking[:15].tolist() == choices


def test_what_is_learned_is_what_plain_physbo_learns():
    problem = standardised_problem(50, 30, 1)
    kernel, noise = learn_hyper_parameters(problem.labelled, problem.target, ard=False, seed=1)
    np.random.seed(1)  # noqa: NPY002
    plain = physbo.gp.Predictor(physbo.misc.SetConfig())
    known = physbo.Variable(X=problem.labelled, t=problem.target)
    plain.fit(known)
    plain.prepare(known)
    expected = plain.get_post_fcov(known, physbo.Variable(X=problem.candidates)) / plain.model.prior.cov.scale**2
    fixed = {"length_scales": kernel.length_scales.tolist(), "noise": noise}
    selection = GPVarianceCriterion({"kernel": "rbf", "fixed": fixed}).select(problem)
    assert selection.ranking[0] == expected.argmax()
    assert selection.scores["gp_variance"].max() == pytest.approx(expected.max(), abs=1e-6)


def test_learning_is_silent_repeats_and_leaves_the_global_generator_alone(capsys):
    problem = standardised_problem(1, 20, 1)
    state = str(np.random.get_state())  # noqa: NPY002
    seeds = (1, 1, 2)
    kernels, noises = zip(
        *(learn_hyper_parameters(problem.labelled, problem.target, True, seed) for seed in seeds), strict=True
    )
    assert str(np.random.get_state()) == state  # noqa: NPY002
    assert capsys.readouterr().out == ""
    assert noises[0] == noises[1] != noises[2]
    assert kernels[0].length_scales.tolist() == kernels[1].length_scales.tolist()
    assert len(set(kernels[0].length_scales.tolist())) == 2


def test_labels_that_do_not_vary_teach_nothing():
    kernel, noise = learn_hyper_parameters(np.random.default_rng(0).normal(size=(5, 4)), np.zeros(5), False, seed=0)
    assert (kernel.length_scales.tolist(), noise) == ([2.0] * 4, 1e-2)


def test_the_criterion_uses_what_physbo_learns_in_any_unit_of_the_target():
    problem = standardised_problem(50, 30, 5)
    criterion = GPVarianceCriterion({"learned_by": "physbo", "kernel": "rbf", "ard": False})
    selection = criterion.select(problem)
    target = (problem.target - problem.target.mean()) / problem.target.std()
    kernel, noise = learn_hyper_parameters(problem.labelled, target, False, problem.seed)
    fixed = {"length_scales": kernel.length_scales.tolist(), "noise": noise}
    expected = GPVarianceCriterion({"kernel": "rbf", "fixed": fixed}).select(problem)
    assert selection.ranking.tolist() == expected.ranking.tolist()
    assert selection.scores["gp_variance"] == pytest.approx(expected.scores["gp_variance"], abs=1e-12)
    arguments = (problem.candidates, problem.labelled, 96.485 * problem.target, None, None, 5, 1)
    scaled = criterion.select(SelectionProblem(*arguments))
    assert scaled.scores["gp_variance"] == pytest.approx(expected.scores["gp_variance"], abs=1e-6)


def test_a_kernel_that_physbo_does_not_have_is_refused():
    with pytest.raises(InputError, match="the kernel of PHYSBO is rbf, not matern52"):
        GPVarianceCriterion({"learned_by": "physbo"})
