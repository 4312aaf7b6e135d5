"""What free-energy campaigns have come to: models and errors by round."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from aiida.orm import ProcessNode, load_node
from numpy.typing import NDArray

from aiida_matal.data.model import ModelData
from aiida_matal.provenance.campaigns import find_rounds, newest, round_number
from aiida_matal.provenance.landscape_models import read_free_energy, system_of
from aiida_matal.provenance.processes import outputs_of
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import LandscapeModel
from aiida_matal.science.landscape.region_errors import ALL, region_errors
from aiida_matal.science.landscape.system import System
from aiida_matal.science.landscape.training import TEST_SET
from aiida_matal.science.table import Column, Table

Floats = NDArray[np.float64]

_UNIT = "(0.01 eV)^2"
#: Columns of the published table of errors, in its order, before those of other regions.
_PUBLISHED = ("BW_2D", "BW", "lowest_free_energy", "non_convexities", "vertices", "wells")


@dataclass(frozen=True, eq=False)
class LandscapeCampaign:
    """A free-energy campaign with the models and errors of its rounds.

    :param name: its label, with its pk where that is not enough.
    :param dataset: all labels that it knows, or None.
    :param models: the model made in each round, by the number of the round; likewise ``errors``, its errors by region.
    """

    node: ProcessNode
    name: str
    system: System
    dataset: Table | None
    models: dict[int, ModelData]
    errors: dict[int, Table]

    @cached_property
    def model(self) -> LandscapeModel:
        """Return the newest model.

        :raises InputError: if there is none.
        """
        return read_free_energy(self.newest_model)[0]

    @property
    def newest_model(self) -> ModelData:
        """Return the node of the newest model.

        :raises InputError: if there is none.
        """
        if not self.models:
            raise InputError("campaign", self.node.pk, "it has no model yet", "Wait for the first training.")
        return self.models[max(self.models)]

    @property
    def n_rounds(self) -> int:
        """Return the number of rounds up to the last one with a model."""
        return max(self.models, default=-1) + 1

    @cached_property
    def training_errors(self) -> Floats:
        """Return the mean squared error of mu of the model of each round on all labels, in (0.01 eV)^2, NaN if none.

        Thus the errors of early models count points that they have not seen: Holber and Garikipati (2025), figure 4a.
        """
        errors = np.full(self.n_rounds, np.nan)
        if self.dataset is not None:
            for number, node in self.models.items():
                errors[number] = region_errors(read_free_energy(node)[0], self.dataset)["mse_scaled"][0]
        return errors

    @property
    def test_errors(self) -> Floats:
        """Return the mean squared error of mu of the model of each round on the test set, as the one above."""
        return np.array([self.test_errors_of(number).get(ALL, np.nan) for number in range(self.n_rounds)])

    def test_errors_of(self, number: int) -> dict[str, float]:
        """Return the errors of the model of a round on the test set by region, in (0.01 eV)^2; none if unknown."""
        if number not in self.errors:
            return {}
        rows = self.errors[number].take(self.errors[number]["data"] == TEST_SET)
        return dict(zip(rows["region"].tolist(), rows["mse_scaled"].tolist(), strict=True))


def landscape_campaigns(nodes: Sequence[ProcessNode]) -> list[LandscapeCampaign]:
    """Return what campaigns have come to; those with the same label are told apart by their pk."""
    labels = [node.label for node in nodes]
    return [
        _campaign(node, node.label if node.label and labels.count(node.label) == 1 else _numbered(node))
        for node in nodes
    ]


def _numbered(node: ProcessNode) -> str:
    return f"{node.label or 'campaign'} {node.pk}"


def _campaign(node: ProcessNode, name: str) -> LandscapeCampaign:
    rounds = find_rounds(node)
    found = outputs_of([round_.pk for round_ in rounds])
    outputs = {round_number(round_): found[round_.pk] for round_ in rounds}
    dataset = newest(node, list(outputs.values()), "dataset")
    system = system_of(node)
    if system is None:
        raise InputError("campaign", node.pk, "it has no system", "Give a free-energy campaign.")
    return LandscapeCampaign(
        node=node,
        name=name,
        system=system,
        dataset=None if dataset is None else dataset.table,
        models={number: load_node(pks["model"]) for number, pks in outputs.items() if "model" in pks},
        errors={number: load_node(pks["errors"]).table for number, pks in outputs.items() if "errors" in pks},
    )


def error_table(campaigns: Sequence[LandscapeCampaign]) -> Table:
    """Return errors by campaign and region, in (0.01 eV)^2, of the model that is best on the final training set.

    Holber and Garikipati (2025), table 1.

    :raises InputError: if no campaign has a model.
    """
    known = [campaign for campaign in campaigns if campaign.models]
    if not known:
        pks = [campaign.node.pk for campaign in campaigns]
        raise InputError("campaigns", pks, "there is no model yet", "Wait for the first training.")
    best = [int(np.nanargmin(campaign.training_errors)) for campaign in known]
    errors = [campaign.test_errors_of(number) for campaign, number in zip(known, best, strict=True)]
    found = {region for row in errors for region in row} - {ALL}
    regions = [*(name for name in _PUBLISHED if name in found), *sorted(found - set(_PUBLISHED))]
    arrays = {
        "campaign": np.array([campaign.name for campaign in known]),
        "round": np.array(best),
        "training": np.array([campaign.training_errors[row] for campaign, row in zip(known, best, strict=True)]),
        "test": np.array([row.get(ALL, np.nan) for row in errors]),
        **{region: np.array([row.get(region, np.nan) for row in errors]) for region in regions},
    }
    columns = {
        "campaign": Column("campaign"),
        "round": Column("round whose model has the lowest error on the final training set", "1"),
        "training": Column("mean squared error of mu on the final training set", _UNIT),
        "test": Column("mean squared error of mu on the test set", _UNIT),
        **{region: Column(f"mean squared error of mu on the test set, region {region}", _UNIT) for region in regions},
    }
    return Table(arrays, columns)
