"""The random search for hyper-parameters: Holber and Garikipati (2025), section 2.2."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from typing import Any

import numpy as np

from aiida_matal.science.landscape.idnn.data import TrainingData
from aiida_matal.science.landscape.idnn.settings import IdnnSearchSettings, IdnnSettings
from aiida_matal.science.landscape.idnn.training import Trained, train
from aiida_matal.science.landscape.model import Report
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import Column, Table

_COLUMNS = {
    "layers": Column("number of hidden layers", "1"),
    "neurons": Column("number of neurons of each hidden layer", "1"),
    "activation": Column("activation function"),
    "dropout": Column("share of the neurons left out in a training step", "1"),
    "optimiser": Column("optimiser"),
    "learning_rate": Column("learning rate at the beginning", "1"),
    "batch_size": Column("number of points in a training step", "1"),
    "patience": Column("epochs without improvement after which the rate is reduced", "1"),
    "reduction_factor": Column("factor by which the learning rate is reduced", "1"),
}


@dataclass(frozen=True)
class Trial:
    """A set of hyper-parameters and the network that was trained with it."""

    settings: IdnnSettings
    trained: Trained


def draw(base: IdnnSettings, search: IdnnSearchSettings, rng: np.random.Generator) -> IdnnSettings:
    """Return settings drawn at random, evenly within the limits; learning rates evenly on a logarithmic scale."""

    def between(limits: tuple[float, float]) -> float:
        return float(rng.uniform(*limits))

    def whole(limits: tuple[int, int]) -> int:
        return int(rng.integers(limits[0], limits[1], endpoint=True))

    def one_of(options: Sequence[Any]) -> Any:
        return options[int(rng.integers(len(options)))]

    low, high = search.learning_rate
    rate = exp(between((log(low), log(high))))
    chosen = {
        "layers": whole(search.layers),
        "neurons": whole(search.neurons),
        "activation": one_of(search.activations),
        "dropout": between(search.dropout),
        "optimiser": one_of(search.optimisers),
        "learning_rate": min(max(rate, low), high),
        "batch_size": one_of(search.batch_sizes),
        "patience": whole(search.patience),
        "reduction_factor": between(search.reduction_factor),
    }
    return base.model_copy(update=chosen)


def run_trials(
    data: TrainingData, base: IdnnSettings, search: IdnnSearchSettings, seed: int, report: Report
) -> list[Trial]:
    """Return the networks trained with each of the sets of hyper-parameters: first those of ``base``, then those drawn.

    A search has the hyper-parameters so far among its sets, so that it does not leave them for worse ones.
    """
    trials = []
    for number in range(search.n_trials):
        own = derive_seed(seed, "trial", number)
        settings = draw(base, search, np.random.default_rng(own)) if number else base

        def tell(line: str, number: int = number) -> None:
            report(f"trial {number + 1} of {search.n_trials}: {line}")

        trials.append(
            Trial(settings, train(data.training, data.validation, settings, derive_seed(own, "training"), tell))
        )
    return trials


def best_first(trials: Sequence[Trial]) -> list[int]:
    """Return which trials did not diverge, those with the smallest loss on the points held back first."""
    losses = [trial.trained.validation_loss for trial in trials]
    return [row for row in sorted(range(len(trials)), key=losses.__getitem__) if np.isfinite(losses[row])]


def trial_table(trials: Sequence[Trial], ranking: Sequence[int]) -> Table:
    """Return the hyper-parameters of the trials and how they did; the rank is -1 where the training diverged."""
    arrays: dict[str, Any] = {name: [getattr(trial.settings, name) for trial in trials] for name in _COLUMNS}
    losses = np.array([trial.trained.validation_loss for trial in trials])
    ranks = np.full(len(trials), -1)
    ranks[list(ranking)] = np.arange(len(ranking))
    arrays |= {
        "epochs": [len(trial.trained.history) for trial in trials],
        "validation_loss": np.where(np.isfinite(losses), losses, np.nan),
        "rank": ranks,
    }
    columns = _COLUMNS | {
        "epochs": Column("number of epochs", "1"),
        "validation_loss": Column("smallest loss on the points held back", "(0.01 eV)^2"),
        "rank": Column("place by this loss, 0 for the best, -1 if the training diverged", "1"),
    }
    return Table(arrays, columns)
