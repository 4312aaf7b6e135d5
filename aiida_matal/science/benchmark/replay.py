"""Let strategies choose from data that exist, and measure what the learner makes of their choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from aiida_matal.science.acquisition.base import Criterion, SelectionProblem
from aiida_matal.science.acquisition.selection import open_candidates, select
from aiida_matal.science.acquisition.settings import CriterionSettings, SelectionSettings
from aiida_matal.science.benchmark.parts import ReplaySplit, replay_parts
from aiida_matal.science.benchmark.problem import Benchmark
from aiida_matal.science.benchmark.settings import SplitSettings
from aiida_matal.science.benchmark.tables import ChoiceRow, CurveRow, choice_table, curve_table
from aiida_matal.science.errors import InputError
from aiida_matal.science.labels import collect
from aiida_matal.science.learning.base import Model
from aiida_matal.science.learning.metrics import regression_metrics
from aiida_matal.science.learning.model_files import ModelCard
from aiida_matal.science.learning.predicting import predict_table
from aiida_matal.science.learning.training import fit
from aiida_matal.science.learning.training_data import TrainingData, feature_matrix, training_data
from aiida_matal.science.reference import look_up
from aiida_matal.science.registry import CRITERIA, load_class
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import ID, Table


@dataclass(frozen=True)
class _Start:
    """A split before the first choice: all strategies begin with the same labels, test part and model."""

    seed: int
    pool: Table
    dataset: Table
    test: TrainingData
    trained: _Trained


@dataclass(frozen=True)
class _Trained:
    """A model, the number of labels that it learned from and its errors on the test part."""

    model: Model
    card: ModelCard
    n_labels: int
    rmse: float
    mae: float


def run_splits(benchmark: Benchmark, numbers: Iterable[int]) -> tuple[Table, Table]:
    """Return the errors and the choices of every strategy in the splits with these numbers.

    In each split all strategies begin with the labels of the same groups and are measured on the same test part. In an
    iteration a model is trained on all labels so far, the strategy chooses a batch from the pool, and its labels are
    looked up, by the functions and with the seeds of a campaign that has the split's seed, begins with these labels and
    asks the reference oracle. A split does not depend on which others are run.

    :raises InputError: if a split has no label to test on, or fewer than two to begin with.
    """
    curves: list[CurveRow] = []
    choices: list[ChoiceRow] = []
    for number in numbers:
        start = _start(benchmark, number)
        for name, selection in _selections(benchmark, start).items():
            for iteration, (trained, chosen) in enumerate(_iterations(benchmark, start, selection)):
                curves.append((name, number, iteration, trained.n_labels, trained.rmse, trained.mae))
                choices += [(name, number, iteration, rank, identifier) for rank, identifier in enumerate(chosen)]
    return curve_table(curves, benchmark.unit), choice_table(choices)


def _start(benchmark: Benchmark, number: int) -> _Start:
    settings, learner = benchmark.settings, benchmark.learner
    shares = {name: getattr(settings, name) for name in SplitSettings.model_fields}
    split = ReplaySplit(**shares, seed=benchmark.seed, number=number)
    parts = replay_parts(benchmark.reference, learner.target, split)
    test = training_data(parts.test_set, learner.features, learner.target, learner.baseline)
    if not len(test.target):
        reason = f"split {number} has no label with status ok to test on"
        raise InputError("benchmark.test_share", settings.test_share, reason, "Give a larger share.")
    seed = derive_seed(benchmark.seed, "split", number)
    trained = _train(benchmark, parts.dataset, test, derive_seed(seed, "round", 0))
    return _Start(seed, parts.pool, parts.dataset, test, trained)


def _selections(benchmark: Benchmark, start: _Start) -> dict[str, SelectionSettings]:
    """Return the strategies, with what their criteria learn from the labels of the start if that is to be kept."""
    if not benchmark.settings.learn_once:
        return benchmark.strategies
    learned: dict[str, dict[str, Any]] = {}
    result = {}
    for name, selection in benchmark.strategies.items():
        # Strategies that differ in their groups alone learn the same, which may take seconds.
        key = selection.model_dump_json(include={"criterion", "features"})
        if key not in learned:
            learned[key] = _learned_settings(start, selection)
        criterion = CriterionSettings(name=selection.criterion.name, settings=learned[key])
        result[name] = selection.model_copy(update={"criterion": criterion})
    return result


def _learned_settings(start: _Start, selection: SelectionSettings) -> dict[str, Any]:
    known = training_data(start.dataset, selection.features, selection.target)
    points = feature_matrix(start.pool, selection.features)
    seed = derive_seed(start.seed, "round", 0)
    problem = SelectionProblem(points, known.features, known.target, known.target_error, None, 1, seed)
    criterion: Criterion = load_class(CRITERIA, selection.criterion.name)(selection.criterion.settings)
    return criterion.learned_settings(problem)


def _iterations(
    benchmark: Benchmark, start: _Start, selection: SelectionSettings
) -> Iterator[tuple[_Trained, list[str]]]:
    """Yield the model of each iteration and what is chosen with it: nothing after the last."""
    trained, dataset = start.trained, start.dataset
    for iteration in range(benchmark.settings.n_iterations):
        seed = derive_seed(start.seed, "round", iteration)
        pool = open_candidates(start.pool, dataset)
        prediction = predict_table(trained.model, trained.card, pool)
        _, chosen = select(pool, dataset, selection, seed, prediction)
        yield trained, chosen[ID].tolist()
        labels = look_up(chosen[ID].tolist(), benchmark.reference, selection.target)
        dataset = collect(start.pool, [labels], iteration, dataset)
        trained = _train(benchmark, dataset, start.test, derive_seed(start.seed, "round", iteration + 1))
    yield trained, []


def _train(benchmark: Benchmark, dataset: Table, test: TrainingData, seed: int) -> _Trained:
    learner = benchmark.learner
    data = training_data(dataset, learner.features, learner.target, learner.baseline)
    model, card = fit(data, learner, derive_seed(seed, "final model"))
    errors = regression_metrics(test.target, predict_table(model, card, test.table).mean)
    return _Trained(model, card, len(data.target), errors["rmse"], errors["mae"])
