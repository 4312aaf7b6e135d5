from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest
from aiida.engine import run
from aiida.orm import AbstractCode, BaseType, Dict, Int, ProcessNode, QueryBuilder, SinglefileData, Str

from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.workflows.campaigns.enthalpy import EnthalpyCampaign

ELEMENTS = ["Ag", "Cu", "Ni"]


@pytest.fixture
def engine(lammps_code, eam_files):
    files = eam_files(ELEMENTS)
    potential = {"pair_style": "eam", "files": {symbol: node.filename for symbol, node in files.items()}}
    return {"code": lammps_code, "potential": Dict(potential), "files": files}


@pytest.fixture
def make_builder(task_code, engine):
    """Return a function that gives the builder of a campaign from a protocol."""

    def make(overrides=None, *, protocol="quick", elements=ELEMENTS, **changes):
        inputs = {**engine, **changes}
        inputs = {name: value for name, value in inputs.items() if value is not None}
        return EnthalpyCampaign.get_builder_from_protocol(task_code, inputs, elements, protocol, overrides)

    return make


def plain(value):
    """Return the content of nodes, so that it can be compared with a file."""
    if isinstance(value, Mapping):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, AbstractCode):
        return value.full_label
    if isinstance(value, SinglefileData):
        return {"filename": value.filename, "sha256": hashlib.sha256(value.get_content("rb")).hexdigest()}
    return value.get_dict() if isinstance(value, Dict) else value.value if isinstance(value, BaseType) else value


@pytest.mark.parametrize("protocol", sorted({*EnthalpyCampaign.get_protocols()} - {"bizot2025"}))
def test_protocols_give_these_inputs(make_builder, data_regression, protocol):
    data_regression.check(plain(make_builder(protocol=protocol)._inputs(prune=True)))


def test_overrides_reach_the_inputs(make_builder):
    overrides = {
        "seed": 9,
        "oracle": {"liquid": {"production_steps": 700, "thermostat": {"kind": "svr"}}},
        "selection": {"batch_size": 2, "criterion": {"name": "random"}},
        "stopping": {"max_rounds": None, "max_core_hours": {"core_hours": 2.0}},
    }
    builder = make_builder(overrides)
    settings = builder.oracle["settings"].get_dict()
    assert (builder.seed.value, settings["seed"]) == (9, 9)
    assert settings["liquid"]["production_steps"] == 700
    assert settings["liquid"]["thermostat"] == {"kind": "svr", "relaxation": 100.0}
    assert builder.selection["criterion"]["name"] == "random"
    assert builder.stopping.get_dict() == {"max_core_hours": {"core_hours": 2.0}}


BAD_OVERRIDES = [
    ({"seed": -1}, "seed: -1 is refused"),
    ({"seed": 1.5}, "seed: 1.5 is refused"),
    ({"space": {"compositions": [0.5, 1.5]}}, r"space\.compositions\.1: 1\.5 is refused"),
    ({"space": {"compositions": [0.0]}}, r"space\.compositions\.0: 0\.0 is refused"),
    ({"space": {"temprature": 2000.0}}, r"space\.temprature: 2000\.0 is refused: .* mean 'temperature'"),
    ({"oracle": {"liquid": {"production_steps": 0}}}, r"oracle\.settings\.liquid\.production_steps: 0 is refused"),
    ({"oracle": {"liquid": {"volume_steps": -1}}}, r"oracle\.settings\.liquid\.volume_steps: -1 is refused"),
    ({"oracle": {"liquid": {"volume_steps": 100, "sample_every": 20}}}, "a run would have 5 frames"),
    ({"oracle": {"liquid": {"volume_search": {"max_run": 3}}}}, r"liquid\.volume_search\.max_run: 3 is refused"),
    ({"oracle": {"liquid": {"n_atoms": 16}}, "space": {"compositions": [0.01]}}, "n_atoms: 16 is refused"),
    ({"learner": {"name": "forest"}}, "learners: 'forest' is refused"),
    ({"selection": {"criterion": {"name": "variance"}}}, "criteria: 'variance' is refused"),
    ({"stopping": {"max_round": {"rounds": 2}}}, "stopping: 'max_round' is refused"),
    ({"stopping": {"max_rounds": {"rounds": 0}}}, r"stopping\.max_rounds\.rounds: 0 is refused"),
    ({"failure_policy": {"tries": 0}}, r"failure_policy\.tries: 0 is refused"),
    ({"engine_name": "matal.md.lamps"}, "engine_name: 'matal.md.lamps' is refused: .* Engines: .*matal.md.lammps"),
    ({"engine_name": "matal.round"}, "engine_name: 'matal.round' is refused: there is no such MD engine"),
    ({"oracel": {}}, "overrides.oracel: {} is refused"),
]


@pytest.mark.parametrize(("overrides", "message"), BAD_OVERRIDES)
def test_wrong_overrides_are_refused(make_builder, overrides, message):
    with pytest.raises(InputError, match=message):
        make_builder(overrides)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"protocol": "fast"}, "protocol: 'fast' is refused"),
        ({"elements": ["Ag", "Xx"]}, r"space\.elements: .* it holds 'Xx', which is not in the element table"),
        ({"elements": ["Ag"]}, r"space\.elements: \['Ag'\] is refused"),
        ({"elements": ["Ag", "Ag"]}, "an element repeats"),
        ({"elements": ["Ag", "Cu", "Pt"]}, "element Pt has no file"),
        ({"code": None}, r"oracle\.engine\.code: '\(missing\)' is refused"),
        ({"potential": None}, r"oracle\.engine\.potential: '\(missing\)' is refused"),
        ({"colour": "blue"}, r"oracle\.engine\.colour: 'blue' is refused: there is no such input"),
    ],
)
def test_wrong_arguments_are_refused(make_builder, arguments, message):
    with pytest.raises(InputError, match=message):
        make_builder(**arguments)


def test_file_of_another_element_is_refused(make_builder, engine):
    nickel = SinglefileData.from_string(engine["files"]["Ni"].get_content(), filename="Cu_u3.eam")
    with pytest.raises(InputError, match=r"Cu_u3\.eam: '28' is refused: .* of Cu begins with 29"):
        make_builder(files={**engine["files"], "Cu": nickel})


def submitted(builder, message):
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(ValueError, match=message):
        run(builder)
    assert QueryBuilder().append(ProcessNode).count() == before


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("space", {"elements": ["Ag", "Xx"]}, "it holds 'Xx', which is not in the element table"),
        ("space", {"elements": ["Ag", "Pt"]}, "element Pt has no file"),
        ("space", {"compositions": [-0.5]}, r"space\.compositions\.0: -0\.5 is refused"),
        ("space", {"colour": "blue"}, r"space\.colour: 'blue' is refused"),
        ("learner", {"target": "energy"}, r"start_design\.target: 'enthalpy_of_mixing' is refused"),
        ("learner", {"features": ["mean_colour"]}, r"learner\.features: 'mean_colour' is refused"),
    ],
)
def test_wrong_inputs_are_refused_on_direct_submission(make_builder, name, change, message):
    builder = make_builder()
    builder[name] = Dict({**builder[name].get_dict(), **change})
    submitted(builder, message)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda oracle: {"engine_name": Str("matal.md.vasp6")}, "engine_name: 'matal.md.vasp6' is refused"),
        (lambda oracle: {"engine": {**oracle["engine"], "code": Int(1)}}, r"oracle\.engine\.code: .* right type"),
        (lambda oracle: {"settings": Dict({"liquid": {"production_steps": -1}})}, r"production_steps: -1 is refused"),
        (lambda oracle: {"settings": Dict({"seed": -1})}, r"oracle\.settings\.seed: -1 is refused"),
        (lambda oracle: {"settings": Dict({"liquids": {}})}, r"oracle\.settings\.liquids: {} is .* mean 'liquid'"),
    ],
)
def test_wrong_oracle_inputs_are_refused_on_direct_submission(make_builder, change, message):
    builder = make_builder()
    oracle = {name: builder.oracle[name] for name in ("settings", "engine_name")}
    oracle["engine"] = dict(builder.oracle["engine"])
    builder.oracle = {**oracle, **change(oracle)}
    submitted(builder, message)


def test_campaign_makes_its_own_pool(make_builder):
    builder = make_builder()
    with pytest.raises(AttributeError, match="pool"):
        builder.pool = TableData()
