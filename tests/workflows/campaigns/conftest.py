"""A small free-energy campaign with real Monte Carlo."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from aiida.common.exceptions import NotExistent
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import load_node

from aiida_matal.science.landscape.system import read_settings
from aiida_matal.workflows.campaigns.free_energy import FreeEnergyCampaign

EXAMPLES = Path(__file__).parents[3] / "examples" / "free_energy"

#: Two rounds of some thirty points in cells of 32 sites; 60 points of the walk, so that a network can learn something.
TINY = {
    "temperature": 900.0,
    "oracle": {
        "repeats": [2, 2, 2],
        "phi": {"composition": 2.0, "order": 1.0},
        "equilibration_passes": 100,
        "min_passes": 500,
        "max_passes": 4000,
        "precision": 0.02,
        "chunk_size": 60,
    },
    "sampling": {
        "criteria": {
            "billiard_walk": {"n_points": 40},
            "high_error": {"n_points": 5, "replicas": 2},
            "query_by_committee": {"n_points": 4, "replicas": 1},
            "set_wells": None,
            "vertices": None,
            "endpoints": None,
            "sensitivity": None,
            "find_wells": None,
            "lowest_free_energy": None,
            "non_convexities": {"n_points": 4, "replicas": 1},
        },
        "explored_points": 500,
    },
    "test_design": {
        "n_points": {
            "BW": 10,
            "BW_2D": 5,
            "wells": 5,
            "vertices": None,
            "endpoints": None,
            "non_convexities": None,
            "lowest_free_energy": None,
        },
        "explored_points": 200,
    },
    "learner": {
        "settings": {"layers": 2, "neurons": 12, "epochs": 30},
        "search": {"every": 2, "settings": {"n_trials": 2, "neurons": [8, 12], "layers": [2, 2]}},
    },
    "stopping": {"max_rounds": {"rounds": 2}},
}


@pytest.fixture
def fcc_system():
    """The settings of a model that orders as L1_0: four components of eta, four sublattices."""
    return read_settings(EXAMPLES / "fcc_l10.yaml").as_dict()


@pytest.fixture
def make_free_energy(task_code, fcc_system):
    """Return a function that gives the builder of the small campaign, with some overrides laid over its own."""
    from aiida_matal.workflows.protocols.protocol import merge

    def make(overrides=None, **arguments):
        return FreeEnergyCampaign.get_builder_from_protocol(
            task_code, fcc_system, "quick", merge(TINY, overrides or {}), **arguments
        )

    return make


@pytest.fixture(scope="session")
def free_energy_uuids():
    return []


@pytest.fixture
def free_energy_campaign(make_free_energy, free_energy_uuids):
    """The small campaign, run without the cache; once for all tests, unless one of them empties the profile."""
    for uuid in free_energy_uuids:
        with suppress(NotExistent):
            return load_node(uuid)
    node = run_get_node(make_free_energy())[1]
    free_energy_uuids.append(node.uuid)
    return node


@pytest.fixture
def run_cached():
    """Return a function that runs a builder; jobs may come from the cache."""

    def run(builder):
        with enable_caching(identifier="aiida.calculations:matal.*"):
            return run_get_node(builder)[1]

    return run
