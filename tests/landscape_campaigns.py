"""Free-energy campaigns in the profile, of models with random weights: the graph of a real one, made at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from aiida.common.links import LinkType
from aiida.orm import CalcJobNode, Dict, WorkChainNode

from aiida_matal.data.model import ModelData
from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.columns import candidate_table
from aiida_matal.science.landscape.labels import LandscapeLabel, landscape_labels
from aiida_matal.science.landscape.region_errors import region_errors
from aiida_matal.science.table import Column, Table
from tests.landscape_models import random_idnn, random_points, write_random_idnn

REGIONS = ("BW", "wells")
CRITERIA = ("billiard_walk", "high_error")


def dataset_of(system, truth, names, rounds, seed=0):
    """Return labels by a model: of each round four points, of criteria in turn."""
    n = 4 * len(rounds)
    eta = random_points(system, n, seed)
    ids = [f"p{seed}_{row}" for row in range(n)]
    zero = np.zeros(system.d)
    mu = truth.mu(eta)
    labels = [LandscapeLabel(ids[row], eta[row], zero, mu[row], zero) for row in range(n)]
    criteria = [names[row % len(names)] for row in range(n)]
    table = candidate_table(ids, criteria, eta, eta)
    found = landscape_labels(labels, system.d)
    joined = table.with_columns(
        {name: found[name] for name in found.names}, {name: found.columns[name] for name in found.names}
    )
    return joined.with_columns({"round": np.repeat(rounds, 4)}, {"round": Column("round", "1")})


def store_model(system, seed, trainer=None, **options):
    """Store a random model, made by a training where one is given."""
    with tempfile.TemporaryDirectory() as folder:
        model, _ = write_random_idnn(Path(folder) / "model", system, seed=seed, **options)
        node = ModelData.from_folder(Path(folder) / "model", {})
    if trainer is not None:
        node.base.links.add_incoming(trainer, LinkType.CREATE, "model")
    return model, node.store()


def store_training(system):
    node = CalcJobNode(process_type="aiida.calculations:matal.train_landscape")
    settings = Dict(system.settings.as_dict()).store()
    node.base.links.add_incoming(settings, LinkType.INPUT_CALC, "system")
    return node


def store_campaign(system, computer, label="", temperature=300.0, seeds=(1, 2), settings=None):
    """Store a campaign with a round for each seed and a last one without a model, all ended."""
    campaign = WorkChainNode(label=label, process_type="aiida.workflows:matal.campaign.free_energy")
    campaign.set_process_label("FreeEnergyCampaign")
    inputs = {
        "system": Dict(system.settings.as_dict()),
        "oracle__settings": Dict({"temperature": temperature, **(settings or {})}),
    }
    for name, node in inputs.items():
        campaign.base.links.add_incoming(node.store(), LinkType.INPUT_WORK, name)
    campaign.store()
    if not seeds:
        return campaign
    truth = random_idnn(system, seed=99)
    dataset = dataset_of(system, truth, CRITERIA, range(len(seeds)))
    test_set = dataset_of(system, truth, REGIONS, [-1], seed=7)
    for number, seed in enumerate(seeds):
        round_ = _round(campaign, number)
        trainer = store_training(system)
        trainer.computer = computer
        trainer.store()
        model, node = store_model(system, seed, trainer)
        returned = {"model": node, "errors": _errors(model, dataset, test_set)}
        if number == len(seeds) - 1:
            returned["dataset"] = TableData(dataset, role="dataset")
        for name, data in returned.items():
            data.store().base.links.add_incoming(round_, LinkType.RETURN, name)
    _round(campaign, len(seeds))
    return campaign


def _round(campaign, number):
    node = WorkChainNode(process_type="aiida.workflows:matal.landscape_round")
    node.base.links.add_incoming(campaign, LinkType.CALL_WORK, f"round_{number:02d}")
    return node.store()


def _errors(model, dataset, test_set):
    column = {"data": Column("training or test set")}
    tables = {"training": region_errors(model, dataset), "test set": region_errors(model, test_set)}
    parts = [table.with_columns({"data": np.full(len(table), name)}, column) for name, table in tables.items()]
    return TableData(Table.concatenate(parts))
