"""The calcfunctions of nested training: collect the folds, complete the model."""

from __future__ import annotations

from typing import Any

import numpy as np
from aiida.engine import calcfunction
from aiida.orm import Dict
from numpy.typing import NDArray

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.learning.errors_by_group import error_table
from aiida_matal.science.learning.nested import NestedSettings
from aiida_matal.science.learning.nested_summary import chosen_features, held_out_scores
from aiida_matal.science.mixing.miedema import miedema_group
from aiida_matal.science.table import ID, Table


@calcfunction
def collect_folds(dataset: TableData, training: Dict, **nodes: Any) -> dict[str, Any]:
    """Return parity, metrics, errors and chosen features of the folds.

    :param nodes: ``parity_<fold>`` and ``learner_<fold>`` of each fold that ended well.
    """
    learner = NestedSettings.parse(training.get_dict(), "training").learner
    parities = [node.table for name, node in sorted(nodes.items()) if name.startswith("parity_")]
    learners = [node for name, node in sorted(nodes.items()) if name.startswith("learner_")]
    rows, parity = _in_order(dataset.table, Table.concatenate(parities))
    groups = error_groups(rows, str(learner.group))
    return {
        "parity": TableData(parity, role="parity"),
        "metrics": Dict(held_out_scores(parity)),
        "errors": TableData(error_table(parity, groups), role="table"),
        "features": TableData(chosen_features(learner.features, [node["features"] for node in learners]), role="table"),
    }


@calcfunction
def complete_model(model: ModelData, metrics: Dict) -> ModelData:
    """Return the final model with the errors that the folds have measured."""
    complete = model.clone()
    complete.base.attributes.set("scores", metrics.get_dict())
    return complete


def error_groups(rows: Table, group: str) -> dict[str, list[NDArray[np.str_]]]:
    """Return to which groups each row belongs, by level: its group and, for binaries, Miedema's group and elements.

    :raises InputError: if the rows have no such group, or an element is unknown.
    """
    groups = {group: [rows[group]]}
    if "element_a" in rows and "element_b" in rows:
        first, second = rows["element_a"], rows["element_b"]
        groups |= {"miedema_group": [miedema_group(first, second)], "element": [first, second]}
    return groups


def _in_order(dataset: Table, parity: Table) -> tuple[Table, Table]:
    """Return the rows of the dataset that were held out, and their parity, in the order of the dataset."""
    positions = dataset.positions(parity[ID].tolist())
    order = positions.argsort()
    return dataset.take(positions[order]), parity.take(order)
