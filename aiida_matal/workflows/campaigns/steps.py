"""The calcfunctions of a round: judge, choose the next batch, collect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import calcfunction
from aiida.orm import Dict, Int

from aiida_matal.data.table import TableData
from aiida_matal.science.failure_policy import FailurePolicy, next_batch
from aiida_matal.science.labels import collect
from aiida_matal.science.landscape.columns import MU, numbered
from aiida_matal.science.progress import LANDSCAPE_ERRORS, endless_progress, extend_learning_curve, progress_of
from aiida_matal.science.stopping.base import Progress
from aiida_matal.science.stopping.verdict import judge
from aiida_matal.science.table import Table


@calcfunction
def judge_progress(stopping: Dict, learner: Dict, selection: Dict, pool: TableData, **nodes: Any) -> dict[str, Any]:
    """Return the verdict (go on or stop, and why) and the learning curve with this round's row.

    :param nodes: ``dataset``, ``metrics``, ``learning_curve`` and ``summary`` of the decision before, where they exist.
    """
    dataset, curve, metrics, summary = _state(nodes)
    curve = extend_learning_curve(curve, dataset, metrics, learner["target"])
    return _judged(stopping, curve, progress_of(curve, pool.table, dataset, summary, selection.get("one_per")))


@calcfunction
def judge_landscape(stopping: Dict, **nodes: Any) -> dict[str, Any]:
    """Return the verdict and the learning curve of a campaign whose rounds make candidates of their own.

    :param nodes: as those of :func:`judge_progress`.
    """
    dataset, curve, metrics, summary = _state(nodes)
    curve = extend_learning_curve(curve, dataset, metrics, numbered(MU, 1)[0], LANDSCAPE_ERRORS)
    return _judged(stopping, curve, endless_progress(curve, summary))


State = tuple[Table | None, Table | None, dict[str, float], dict[str, Any]]


def _state(nodes: Mapping[str, Any]) -> State:
    """Return dataset, learning curve, metrics and summary of the decision before, as far as there are."""
    dataset, curve = (nodes[name].table if name in nodes else None for name in ("dataset", "learning_curve"))
    metrics, summary = (nodes[name].get_dict() if name in nodes else {} for name in ("metrics", "summary"))
    return dataset, curve, metrics, summary


def _judged(stopping: Dict, curve: Table, progress: Progress) -> dict[str, Any]:
    verdict = judge(stopping.get_dict(), progress)
    return {
        "verdict": Dict({"stop": verdict.stop, "goal_reached": verdict.goal_reached, "reasons": verdict.reasons}),
        "learning_curve": TableData(curve, role="learning_curve"),
    }


@calcfunction
def choose_next_batch(policy: Dict, pool: TableData, decision: TableData, **batches: TableData) -> TableData:
    """Return the candidates to label instead of, or again after, those that failed."""
    parsed = FailurePolicy.parse(policy.get_dict(), "failure_policy")
    labels = [batches[name].table for name in sorted(batches)]
    candidates = next_batch(parsed, pool.table, decision.table, labels)
    if candidates is None:
        raise ValueError("there is no next batch: ask next_batch before this step")
    return TableData(candidates, role="candidates")


@calcfunction
def collect_labels(pool: TableData, round_number: Int, **nodes: TableData) -> TableData:
    """Return the dataset with all labels of the round added.

    :param nodes: ``dataset``, where there is one, and the batches of labels in the order of their names.
    """
    dataset = nodes.pop("dataset", None)
    batches = [nodes[name].table for name in sorted(nodes)]
    table = collect(pool.table, batches, round_number.value, dataset.table if dataset is not None else None)
    return TableData(table, role="dataset")
