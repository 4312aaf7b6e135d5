"""The examples do what they say."""

from __future__ import annotations

import importlib.util
import sys
import tomllib
from pathlib import Path

import pytest

from aiida_matal.science.dynamics.calculators import fitting_calculator
from aiida_matal.science.landscape.system import read_settings, read_system
from aiida_matal.science.registry import CRITERIA, STOPPING
from aiida_matal.testing import (
    check_criterion,
    check_landscape_learner,
    check_sampling_criterion,
    check_stopping_rule,
)
from aiida_matal.workflows.campaigns.campaign_file import EnthalpyFile, read_campaign_file
from aiida_matal.workflows.campaigns.free_energy import FreeEnergyCampaign

EXAMPLES = Path(__file__).parents[1] / "examples"
SYSTEMS = [EXAMPLES / "free_energy" / name for name in ("zigzag.yaml", "fcc_l10.yaml")]
CAMPAIGNS = sorted(set(EXAMPLES.rglob("*.yaml")) - set(SYSTEMS))


def load(path):
    """Return the module of a file."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def extras():
    """Return the module of the example plugin, and its entry points by group."""
    module = load(EXAMPLES / "plugin" / "matal_extras.py")
    project = tomllib.loads((EXAMPLES / "plugin" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return module, project["entry-points"]


def test_the_classes_of_the_example_plugin_conform(extras):
    module, _ = extras
    check_criterion(module.LargestPrediction, {})
    check_stopping_rule(module.MaxFailures, {"failures": 3})


def test_the_classes_of_the_landscape_plugin_conform():
    module = load(EXAMPLES / "landscape_plugin" / "matal_landscapes.py")
    check_sampling_criterion(module.SaddlePointsCriterion, {"n_points": 5})
    check_landscape_learner(module.LandauLearner, {"powers": 3}, {"powers": [2, 3]})


def test_the_example_plugin_registers_what_it_has(extras):
    module, groups = extras
    assert groups == {
        CRITERIA: {"largest_prediction": f"{module.__name__}:{module.LargestPrediction.__name__}"},
        STOPPING: {"max_failures": f"{module.__name__}:{module.MaxFailures.__name__}"},
    }


@pytest.mark.parametrize("path", SYSTEMS, ids=lambda path: path.name)
def test_systems_are_readable(path):
    assert read_system(path).d > 1


@pytest.mark.parametrize("path", CAMPAIGNS, ids=lambda path: path.name)
def test_campaign_files_are_readable(path):
    content = read_campaign_file(path)
    if not isinstance(content, EnthalpyFile):
        return
    if content.engine["name"] == "lammps":
        assert set(content.engine["potential"]["files"]) == set(content.elements)
    if content.engine["name"] == "ase":
        fitting_calculator(content.engine["calculator"], [], content.elements)


def test_compared_campaigns_differ_in_their_sampling_alone(task_code):
    module = load(EXAMPLES / "free_energy" / "compare_criteria.py")
    system = read_settings(SYSTEMS[0]).as_dict()
    builders = {}
    for name, sampling in module.COMPARED.items():
        changes = module.overrides(sampling, rounds=3, seed=5)
        builders[name] = FreeEnergyCampaign.get_builder_from_protocol(task_code, system, "balanced", changes)
        assert builders[name].sampling["criteria"].keys() == sampling["criteria"].keys()
        assert builders[name].seed.value == 5
    first = next(iter(builders.values()))
    for builder in builders.values():
        for shared in ("test_design", "stopping", "learner"):
            assert builder[shared].get_dict() == first[shared].get_dict()
        assert builder.oracle["settings"].get_dict() == first.oracle["settings"].get_dict()
