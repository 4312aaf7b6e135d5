"""The errors of many splits in a few numbers with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.benchmark.factors import acceleration_factor, enhancement_factor
from aiida_matal.science.benchmark.tables import ITERATION, SPLIT, STRATEGY
from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import Column, Table

N_RESAMPLES = 4000
LEVEL = 0.95

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ErrorCurves:
    """The errors of all strategies in the same splits.

    ``errors`` has shape (strategies, splits, iterations), the start being iteration 0. ``n_labels``, shape
    (strategies, iterations), are the labels added since the start, their mean over the splits.
    """

    strategies: list[str]
    errors: Floats
    n_labels: Floats
    unit: str

    @classmethod
    def of(cls, curves: Table, error: str = "rmse") -> ErrorCurves:
        """Return the curves of a table that :func:`~aiida_matal.science.benchmark.replay.run_splits` returned.

        :param error: which error, ``rmse`` or ``mae``.
        :raises InputError: if a strategy lacks a split or an iteration that another one has.
        """
        names = list(dict.fromkeys(curves[STRATEGY].tolist()))
        splits, split = np.unique(curves[SPLIT], return_inverse=True)
        strategy = np.array([names.index(name) for name in curves[STRATEGY].tolist()])
        iteration = curves[ITERATION]
        shape = (len(names), len(splits), int(iteration.max()) + 1)
        errors, n_labels = np.full(shape, np.nan), np.full(shape, np.nan)
        errors[strategy, split, iteration] = curves[error]
        n_labels[strategy, split, iteration] = curves["n_labels"]
        if np.isnan(errors).any():
            first = [int(index[0]) for index in np.nonzero(np.isnan(errors))]
            where = f"{names[first[0]]}, split {splits[first[1]]}, iteration {first[2]}"
            raise InputError("curves", where, "there is no such row", "Give all strategies the same splits.")
        return cls(names, errors, (n_labels - n_labels[..., :1]).mean(axis=1), curves.columns[error].unit)

    def position(self, strategy: str) -> int:
        """Return the index of a strategy.

        :raises InputError: if there is none of that name.
        """
        if strategy not in self.strategies:
            raise InputError("strategy", strategy, "it was not run", f"Strategies: {', '.join(self.strategies)}.")
        return self.strategies.index(strategy)


def summarise(curves: Table, reference: str, seed: int) -> Table:
    """Return a row for each strategy and iteration: mean error over the splits, and how it compares to the reference.

    All intervals hold 95 %, by the percentile bootstrap over splits (Efron and Tibshirani, An Introduction to the
    Bootstrap, 1993, chapter 13). A resample takes the same splits for all strategies: differences are paired. The
    acceleration factor is that of the mean curves; its interval is NaN where more than 2.5 % of the resamples have a
    reference that is no better than the start, and its lower end is 0 where too many never come to so small an error.

    :param reference: the strategy to compare with.
    :raises InputError: if it is not in the curves, there are fewer than two splits, or a row is missing.
    """
    known = ErrorCurves.of(curves)
    base = known.position(reference)
    means, resampled = known.errors.mean(axis=1), _resampled_means(known.errors, seed)
    parts = [_rows(known, position, base, means, resampled) for position in range(len(known.strategies))]
    columns = _columns(known.unit, reference)
    return Table({name: np.concatenate([part[name] for part in parts]) for name in columns}, columns)


def mean_differences(curves: Table, reference: str, seed: int) -> dict[str, dict[str, float]]:
    """Return for each strategy ``rmse``, the mean over iterations after the start, and ``difference`` to the reference.

    ``low`` and ``high`` are the 95 % interval of the difference, by the same bootstrap as that of :func:`summarise`.

    :raises InputError: as :func:`summarise`.
    """
    known = ErrorCurves.of(curves)
    base = known.position(reference)
    over_iterations = known.errors[..., 1:].mean(axis=-1, keepdims=True)
    resampled = _resampled_means(over_iterations, seed)[..., 0]
    result = {}
    for position, name in enumerate(known.strategies):
        low, high = _interval(resampled[position] - resampled[base])
        rmse = float(over_iterations[position].mean())
        difference = rmse - float(over_iterations[base].mean())
        result[name] = {"rmse": rmse, "difference": difference, "low": float(low), "high": float(high)}
    return result


def _resampled_means(errors: Floats, seed: int) -> Floats:
    """Return the mean over resampled splits, shape (strategies, resamples, iterations)."""
    n_splits = errors.shape[1]
    if n_splits < 2:
        raise InputError("n_splits", n_splits, "one split has no spread", "Give at least 2.")
    random = np.random.default_rng(derive_seed(seed, "bootstrap"))
    weights = random.multinomial(n_splits, np.full(n_splits, 1 / n_splits), size=N_RESAMPLES) / n_splits
    return np.einsum("rk,ski->sri", weights, errors)


def _rows(
    known: ErrorCurves, position: int, base: int, means: Floats, resampled: Floats
) -> dict[str, NDArray[np.generic]]:
    n_iterations = means.shape[1]
    error, other = means[position], means[base]
    errors, others = resampled[position], resampled[base]
    labels, other_labels = known.n_labels[position], known.n_labels[base]
    acceleration = acceleration_factor(error, labels, other, other_labels)
    accelerations = acceleration_factor(errors, labels, others, other_labels)
    rows = {
        STRATEGY: np.full(n_iterations, known.strategies[position]),
        ITERATION: np.arange(n_iterations),
        "n_labels": labels,
        "rmse": error,
        "rmse_deviation": known.errors[position].std(axis=0, ddof=1),
        "difference": error - other,
        "ef": enhancement_factor(error, other),
        "af": np.where(acceleration > 0, acceleration, np.nan),
    }
    intervals = {
        "rmse": _interval(errors),
        "difference": _interval(errors - others),
        "ef": _interval(enhancement_factor(errors, others)),
        "af": _interval_if_defined(accelerations),
    }
    for name, (low, high) in intervals.items():
        rows |= {f"{name}_low": low, f"{name}_high": high}
    return rows


def _interval(resampled: Floats) -> tuple[Floats, Floats]:
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low, high


def _interval_if_defined(resampled: Floats) -> tuple[Floats, Floats]:
    defined = np.isfinite(resampled).mean(axis=0) >= (1 + LEVEL) / 2
    ends = np.full((2, resampled.shape[1]), np.nan)
    for column in np.flatnonzero(defined):
        values = resampled[:, column]
        ends[:, column] = _interval(values[np.isfinite(values)])
    return ends[0], ends[1]


def _columns(unit: str, reference: str) -> dict[str, Column]:
    columns = {
        STRATEGY: Column("name of the strategy"),
        ITERATION: Column("number of batches labelled before", "1"),
        "n_labels": Column("labels added since the start, mean over the splits", "1"),
    }
    estimates = {
        "rmse": Column("root mean square error on the test part, mean over the splits", unit),
        "difference": Column(f"rmse less that of {reference}, mean over the splits", unit),
        "ef": Column(f"enhancement factor: rmse of {reference} over rmse", "1"),
        "af": Column(
            f"acceleration factor: labels of {reference} over labels, to its error; NaN if never reached", "1"
        ),
    }
    for name, column in estimates.items():
        columns[name] = column
        for end in ("low", "high"):
            columns[f"{name}_{end}"] = Column(f"{end} end of the 95 % interval of {name}", column.unit)
    columns["rmse_deviation"] = Column("standard deviation of the root mean square error over the splits", unit)
    return columns
