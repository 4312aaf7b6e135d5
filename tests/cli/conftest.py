"""A real campaign whose labels are looked up, and a runner of commands."""

from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict, Int, Str
from click.testing import CliRunner

from aiida_matal.cli.main import main
from aiida_matal.data.table import TableData
from aiida_matal.science.table import Column, Table
from aiida_matal.workflows.campaigns.campaign import CampaignWorkChain


@pytest.fixture
def run_command(aiida_profile):
    """Return a function that runs `aiida-matal` and checks the exit status."""

    def run(*arguments, exit_code=0, group=main):
        result = CliRunner().invoke(group, [str(argument) for argument in arguments])
        assert result.exit_code == exit_code, f"{result.output}\n{result.exception!r}"
        return result

    return run


@pytest.fixture
def stopped_daemon(aiida_config, aiida_profile, stopped_daemon_client):
    """A daemon that does not run, and is not waited for."""
    patience = aiida_config.get_option("daemon.timeout", scope=aiida_profile.name)
    aiida_config.set_option("daemon.timeout", 2, scope=aiida_profile.name)
    yield stopped_daemon_client
    aiida_config.set_option("daemon.timeout", patience, scope=aiida_profile.name)


@pytest.fixture
def campaign_builder(task_code):
    """A campaign of ten candidates on a line, one of which has no label; three labels a round, two rounds."""
    ids = [f"c{number}" for number in range(10)]
    x = np.linspace(0.0, 1.0, 10)
    pool = Table({"id": ids, "x": x}, {"id": Column("candidate"), "x": Column("position", "1")})
    columns = {"id": Column("candidate"), "y": Column("height", "kJ/mol"), "core_hours": Column("cost", "h")}
    reference = Table({"id": ids[1:], "y": np.sin(3 * x)[1:], "core_hours": np.full(9, 0.5)}, columns)
    selection = {"features": ["x"], "target": "y", "batch_size": 3}
    builder = CampaignWorkChain.get_builder()
    builder.code = task_code
    builder.pool = TableData(pool, role="pool")
    builder.seed = Int(1)
    builder.learner = Dict({"name": "gaussian_process", "features": ["x"], "target": "y"})
    builder.start_design = Dict({**selection, "criterion": {"name": "space_filling"}})
    builder.selection = Dict({**selection, "criterion": {"name": "gp_variance"}})
    builder.failure_policy = Dict({})
    builder.stopping = Dict({"max_rounds": {"rounds": 1}})
    builder.oracle_name = Str("matal.oracle.reference")
    builder.oracle = {"settings": Dict({"quantity": "y"}), "reference": TableData(reference)}
    return builder


@pytest.fixture
def campaign(campaign_builder):
    """The campaign, finished."""
    _, node = run_get_node(campaign_builder)
    return node
