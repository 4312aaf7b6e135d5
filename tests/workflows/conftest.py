"""A campaign over a small pool whose labels are looked up."""

from __future__ import annotations

from contextlib import suppress

import numpy as np
import pytest
from aiida.common.exceptions import NotExistent
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Dict, Int, SinglefileData, Str, load_node

from aiida_matal.data.table import TableData
from aiida_matal.science.table import Column, Table
from aiida_matal.workflows.campaigns.campaign import CampaignWorkChain

N_CANDIDATES = 12
FEATURES = ["u", "v"]
COLUMNS = {
    "id": Column("candidate"),
    "u": Column("first feature", "1"),
    "v": Column("second feature", "1"),
    "energy": Column("label", "kJ/mol"),
    "energy_error": Column("standard error of the label", "kJ/mol"),
}


@pytest.fixture
def pool():
    """Twelve candidates, ``c00`` to ``c11``, at random places in a square."""
    u, v = np.random.default_rng(4).uniform(size=(2, N_CANDIDATES))
    arrays = {"id": [f"c{row:02d}" for row in range(N_CANDIDATES)], "u": u, "v": v}
    return Table(arrays, {name: COLUMNS[name] for name in arrays})


@pytest.fixture
def reference(pool):
    """What the reference data say: a smooth function of the features."""
    energy = 10 * np.sin(3 * pool["u"]) + 4 * pool["v"]
    arrays = {"id": pool["id"], "energy": energy, "energy_error": np.full(len(pool), 0.1)}
    return Table(arrays, {name: COLUMNS[name] for name in arrays})


@pytest.fixture
def campaign_inputs(task_code, pool, reference):
    """Inputs of a campaign that labels three candidates, then two a round, for two rounds."""
    selection = {"features": FEATURES, "target": "energy"}
    learner = {"name": "gaussian_process", "n_folds": 3, "settings": {"n_restarts": 0}, **selection}
    return {
        "code": task_code,
        "pool": TableData(pool, role="pool"),
        "learner": Dict(learner),
        "start_design": Dict({**selection, "criterion": {"name": "space_filling"}, "batch_size": 3}),
        "selection": Dict({**selection, "criterion": {"name": "gp_variance"}, "batch_size": 2}),
        "failure_policy": Dict({}),
        "stopping": Dict({"max_rounds": {"rounds": 2}}),
        "seed": Int(1),
        "oracle_name": Str("matal.oracle.reference"),
        "oracle": {"reference": TableData(reference), "settings": Dict({"quantity": "energy"})},
    }


@pytest.fixture
def reference_without(reference):
    """Return a function that gives the reference oracle's inputs without some candidates."""

    def make(*ids):
        known = reference.take(~np.isin(reference["id"], ids))
        return {"reference": TableData(known), "settings": Dict({"quantity": "energy"})}

    return make


@pytest.fixture(scope="session")
def finished_uuids():
    return []


@pytest.fixture
def finished_campaign(campaign_inputs, finished_uuids):
    """The campaign, run without the cache; once for all tests, unless one of them empties the profile."""
    for uuid in finished_uuids:
        with suppress(NotExistent):
            return load_node(uuid)
    node = run_get_node(CampaignWorkChain, **campaign_inputs)[1]
    finished_uuids.append(node.uuid)
    return node


@pytest.fixture
def run_campaign(finished_campaign):
    """Return a function that runs the campaign again with some inputs changed; jobs may come from the cache."""

    def run(**changes):
        builder = finished_campaign.get_builder_restart()
        for name, value in changes.items():
            builder[name] = value
        with enable_caching(identifier="aiida.calculations:matal.*"):
            return run_get_node(builder)

    return run


@pytest.fixture
def eam_engine(lammps_code, eam_files):
    """Return a function that gives the engine inputs of LAMMPS for elements, of which some have broken files."""

    def make(symbols, broken=()):
        files = eam_files(symbols)
        for symbol in broken:
            header = "\n".join(files[symbol].get_content().splitlines()[:4])
            files[symbol] = SinglefileData.from_string(f"{header}\nnot a number\n", filename=files[symbol].filename)
        potential = {"pair_style": "eam", "files": {symbol: node.filename for symbol, node in files.items()}}
        return {"code": lammps_code, "potential": Dict(potential), "files": files}

    return make
