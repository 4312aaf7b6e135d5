"""How long it takes to choose a batch of liquids where a Gaussian process knows least.

20 of 50,000 binary liquids are chosen in the ten features of the strategies, given 1,500 labels. Ours: the criterion of
the strategy ``variance_points``; PHYSBO learns the hyper-parameters once, from as many labels as the criterion takes by
default, and each choice conditions the next by a rank-one update. Other: the plain loop over PHYSBO, which fits the
process again and predicts the variance of every candidate for each choice. A loop of 20 would take far too long, so one
pass is timed and counted 20 times. Both in seconds a batch.

On 2,000 liquids and 150 labels both choose the same with the same hyper-parameters, which is checked first.
"""

from __future__ import annotations

import time
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGES = ("aiida-matal", "numpy", "physbo", "scipy")
BATCH_SIZE = 20
N_CANDIDATES = 50_000
N_LABELS = 1_500
SMALL = (2_000, 150)
SEED = 1
NOISE = 2.0


def run() -> dict[str, Any]:
    """Return the time that the choice of a batch takes, by aiida-matal and by a plain loop over PHYSBO."""
    _check_equal_choices()
    candidates, labelled, target = _liquids(N_CANDIDATES, N_LABELS)
    learning, choosing = _time_ours(candidates, labelled, target)
    fit, predict = _time_physbo(candidates, labelled, target)
    ours, other = learning + choosing, BATCH_SIZE * (fit + predict)
    fixed = BATCH_SIZE * predict / choosing
    print(f"aiida-matal: {learning:.1f} s to learn once, {choosing:.1f} s to choose {BATCH_SIZE}")
    print(f"PHYSBO: {fit:.1f} s to fit to {N_LABELS} labels, {predict:.1f} s to predict, {other:.0f} s for the loop")
    print(f"(one pass of the loop was timed and is counted {BATCH_SIZE} times)")
    print(f"if ours learned from all {N_LABELS} labels too: {other / (fit + choosing):.1f} times faster than the loop")
    print(f"with the same hyper-parameters for each choice on both sides: {fixed:.1f} times faster")
    return {
        "ours": round(ours, 2),
        "other": round(other, 2),
        "unit": "s/batch",
        "ratio_with_fixed_hyper_parameters": round(fixed, 2),
    }


def _liquids(n_candidates: int, n_labels: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return standardised features of candidates and labelled liquids, and labels in kJ/mol: Miedema's with noise."""
    from aiida_matal.science.mixing.elements import known_elements
    from aiida_matal.science.mixing.features import GP_FEATURES, binary_features
    from aiida_matal.science.mixing.miedema import miedema_enthalpy

    random = np.random.default_rng(SEED)
    symbols = np.array(known_elements())
    n_liquids = 2 * (n_candidates + n_labels)
    first = random.integers(len(symbols), size=n_liquids)
    second = (first + random.integers(1, len(symbols), size=n_liquids)) % len(symbols)
    x_b = random.integers(5, 96, size=n_liquids) / 100
    enthalpy = miedema_enthalpy(symbols[first], symbols[second], x_b)
    rows = np.flatnonzero(np.isfinite(enthalpy))[: n_candidates + n_labels]
    matrix, columns = binary_features(symbols[first[rows]], symbols[second[rows]], x_b[rows])
    points = matrix[:, [list(columns).index(name) for name in GP_FEATURES]]
    points = (points - points.mean(axis=0)) / points.std(axis=0)
    target = enthalpy[rows] + NOISE * random.normal(size=len(rows))
    return points[n_labels:], points[:n_labels], target[:n_labels]


def _time_ours(
    candidates: NDArray[np.float64], labelled: NDArray[np.float64], target: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the seconds to learn the hyper-parameters and those to choose."""
    from aiida_matal.science.acquisition.base import SelectionProblem
    from aiida_matal.science.acquisition.gp_variance import GPVarianceCriterion
    from aiida_matal.workflows.protocols.strategies import strategy

    criterion = GPVarianceCriterion(strategy("variance_points")["criterion"]["settings"])
    problem = SelectionProblem(candidates, labelled, target, None, None, BATCH_SIZE, SEED)
    began = time.perf_counter()
    learned = GPVarianceCriterion(criterion.learned_settings(problem))
    middle = time.perf_counter()
    learned.select(problem)
    return middle - began, time.perf_counter() - middle


def _time_physbo(
    candidates: NDArray[np.float64], labelled: NDArray[np.float64], target: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the seconds that one fit of PHYSBO takes, and those to predict the variance of all candidates."""
    import physbo
    from threadpoolctl import threadpool_limits

    known, pool = physbo.Variable(X=labelled, t=target), physbo.Variable(X=candidates)
    process = physbo.gp.Predictor(physbo.misc.SetConfig())
    began = time.perf_counter()
    # One thread, as ours learns: it is PHYSBO's fastest way to fit.
    with threadpool_limits(1), redirect_stdout(StringIO()):
        process.fit(known)
    middle = time.perf_counter()
    process.prepare(known)
    process.get_post_fcov(known, pool)
    return middle - began, time.perf_counter() - middle


def _check_equal_choices() -> None:
    """Compare the choices of both with hyper-parameters that PHYSBO has learned."""
    import physbo

    from aiida_matal.science.acquisition.base import SelectionProblem
    from aiida_matal.science.acquisition.gp_variance import GPVarianceCriterion
    from aiida_matal.science.acquisition.physbo import JITTER

    candidates, known, target = _liquids(*SMALL)
    process = physbo.gp.Predictor(physbo.misc.SetConfig())
    with redirect_stdout(StringIO()):
        process.fit(physbo.Variable(X=known, t=target))
    width, scale = (np.ravel(value).item() for value in (process.model.prior.cov.width, process.model.prior.cov.scale))
    noise = (np.ravel(process.model.lik.std).item() ** 2 + JITTER) / scale**2
    fixed = {"length_scales": [width] * known.shape[1], "noise": noise}
    problem = SelectionProblem(candidates, known, target, None, None, BATCH_SIZE, SEED)
    ours = GPVarianceCriterion({"kernel": "rbf", "fixed": fixed}).select(problem).ranking[:BATCH_SIZE].tolist()
    others: list[int] = []
    for _ in range(BATCH_SIZE):
        variable = physbo.Variable(X=np.concatenate([known, candidates[others]]), t=np.zeros(len(known) + len(others)))
        process.prepare(variable)
        variance = process.get_post_fcov(variable, physbo.Variable(X=candidates))
        variance[others] = -1
        others.append(int(variance.argmax()))
    assert ours == others, f"the choices differ: {ours} and {others}"
    print(f"both choose the same {BATCH_SIZE} of {SMALL[0]:,} candidates with {SMALL[1]} labels: {ours}")
