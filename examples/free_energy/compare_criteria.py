"""Submit one campaign for each set of criteria: python compare_criteria.py [ROUNDS] [SEED].

All campaigns have the same seed, and so the same test set. Their errors by region make a table like Table 1 of Holber
and Garikipati (2025): aiida-matal landscape figures PK PK ...
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from aiida import load_profile
from aiida.engine import submit
from aiida.orm import load_code

from aiida_matal.science.landscape.system import read_settings
from aiida_matal.workflows.campaigns.free_energy import FreeEnergyCampaign

NAMES = (
    "billiard_walk",
    "set_wells",
    "vertices",
    "endpoints",
    "high_error",
    "sensitivity",
    "query_by_committee",
    "find_wells",
    "non_convexities",
    "lowest_free_energy",
)
WALK_7D: dict[str, Any] = {"billiard_walk": {"n_points": 200, "share_2d": 0.0}}
WALK = {"billiard_walk": {"n_points": 200, "share_2d": 0.05}}
HIGH_ERROR = {**WALK, "high_error": {"n_points": 80, "replicas": 3, "perturbation": 0.075}}
COMPARED: dict[str, dict[str, Any]] = {
    "Billiard walk": {"criteria": WALK_7D},
    "Billiard walk 2D": {"criteria": WALK},
    "High error": {"criteria": HIGH_ERROR},
    "Query by committee": {"criteria": {**HIGH_ERROR, "query_by_committee": {"n_points": 60}}},
    "Set wells, vertices": {
        "criteria": {**HIGH_ERROR, "set_wells": {"n_points": 2}, "vertices": {"n_points": 6}, "endpoints": {}}
    },
    "All criteria": {
        "criteria": {
            **HIGH_ERROR,
            "set_wells": {"n_points": 1},
            "vertices": {"n_points": 3},
            "endpoints": {"n_points": 5},
            **{name: {"n_points": 10} for name in NAMES[5:]},
        }
    },
    "Novelty r2": {"criteria": WALK, "novelty": {"threshold": "r2"}},
}


def overrides(sampling: dict[str, Any], rounds: int, seed: int) -> dict[str, Any]:
    """Return what differs from the protocol: cells of 864 sites, and these criteria alone."""
    criteria = {name: sampling["criteria"].get(name) for name in NAMES}
    return {
        "seed": seed,
        "ideal_mixing": False,
        "oracle": {
            "repeats": [3, 3, 3],
            "phi": {"composition": 5.0, "order": 0.5},
            "equilibration_passes": 500,
            "min_passes": 2000,
            "max_passes": 40000,
            "precision": 1.5e-3,
            "chunk_size": 150,
        },
        "sampling": {**sampling, "criteria": criteria, "explored_points": 100_000},
        "learner": {
            "settings": {"epochs": 600, "batch_size": 100, "patience": 30},
            "search": {"rises": 2, "every": 3, "settings": {"n_trials": 4, "batch_sizes": [100, 200]}},
        },
        "stopping": {"max_rounds": {"rounds": rounds}},
    }


def main(rounds: int = 10, seed: int = 1) -> None:
    """Submit the campaigns and print their pks."""
    load_profile()
    system = read_settings(Path(__file__).with_name("zigzag.yaml")).as_dict()
    code = load_code("matal-task@localhost")
    for name, sampling in COMPARED.items():
        changes = overrides(sampling, rounds, seed)
        builder = FreeEnergyCampaign.get_builder_from_protocol(code, system, "balanced", changes)
        builder.metadata.label = name
        print(submit(builder).pk, name)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
