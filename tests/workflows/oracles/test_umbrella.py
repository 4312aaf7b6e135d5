"""Points of the zig-zag example labelled in chunks, by jobs that end well and jobs that do not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import CalcJobNode, Dict

from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import candidate_table, label_columns
from aiida_matal.science.landscape.monte_carlo.settings import UmbrellaSettings
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.landscape.umbrella_labels import sample_candidates
from aiida_matal.science.table import Table
from aiida_matal.workflows.oracles.umbrella import UmbrellaOracleSettings, UmbrellaWorkChain

ZIGZAG = yaml.safe_load((Path(__file__).parents[3] / "examples" / "free_energy" / "zigzag.yaml").read_text())
SETTINGS = {
    "temperature": 600.0,
    "repeats": [1, 1, 1],
    "phi": {"composition": 0.5, "order": 0.05},
    "equilibration_passes": 50,
    "min_passes": 4000,
    "max_passes": 4000,
    "precision": 1.0,
    "seed": 5,
    "chunk_size": 2,
    "max_concurrent": 2,
}


def points(n=3, d=7):
    wanted = np.zeros((n, d))
    wanted[:, 0] = np.linspace(0.4, 0.6, n)
    return candidate_table([f"p{row}" for row in range(n)], ["billiard_walk"] * n, wanted, wanted)


@pytest.fixture
def inputs(task_code):
    return {
        "code": task_code,
        "system": Dict(ZIGZAG),
        "settings": Dict(SETTINGS),
        "candidates": TableData(points(), role="candidates"),
    }


@pytest.fixture
def script_code(aiida_code_installed, localhost, tmp_path):
    """Return a function that gives a shell script as a code."""

    def code(text):
        script = tmp_path / "worker.sh"
        script.write_text(f"#!/bin/bash\n{text}\n")
        script.chmod(0o755)
        return aiida_code_installed(computer=localhost, filepath_executable=str(script))

    return code


@pytest.fixture
def dying_code(script_code, task_code):
    """A code that is killed after the first point."""
    worker = task_code.filepath_executable
    keep = 'head -n 1 "$1/points.jsonl" > kept; mv kept "$1/points.jsonl"; rm -f "$1"/result.json "$1"/labels.npz'
    return script_code(f'export OMP_NUM_THREADS=1\n{worker} "$1"\n{keep}')


def run(inputs, cached=False, **changes):
    settings = {**inputs["settings"].get_dict(), **changes}
    with enable_caching(identifier="aiida.calculations:matal.umbrella" if cached else "aiida.calculations:none"):
        outputs, node = run_get_node(UmbrellaWorkChain, **{**inputs, "settings": Dict(settings)})
    assert node.is_finished_ok, node.exit_message
    return outputs["labels"].table, node


def jobs(node):
    links = node.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, CalcJobNode)}


def plain(labels):
    """Return the labels without what differs from run to run: cost and evidence."""
    return labels.select([name for name in labels.names if name not in ("core_hours", "evidence")])


@pytest.fixture
def directly(tmp_path):
    """The labels of all points, sampled together in this process."""
    sampling = UmbrellaOracleSettings.parse(SETTINGS, "settings")
    settings = UmbrellaSettings.parse(sampling.sampling(), "sampling")
    system = System.from_settings(SystemSettings.parse(ZIGZAG, "system"))
    return plain(sample_candidates(points(), system, settings, tmp_path / "direct.jsonl"))


def test_labels_come_in_chunks_that_change_nothing_with_the_job_as_evidence_and_from_the_cache(inputs, directly):
    labels, node = run(inputs)
    assert node.outputs.labels.role == "labels"
    assert labels.columns == label_columns(7)
    assert plain(labels) == directly
    assert set(labels["status"].tolist()) == {"ok"}
    found = jobs(node)
    assert sorted(found) == ["chunk_0000", "chunk_0001"]
    first, second = found["chunk_0000"].uuid, found["chunk_0001"].uuid
    assert labels["evidence"].tolist() == [first, first, second]
    assert (labels["core_hours"] > 0).all()
    assert UmbrellaWorkChain.get_quantity(inputs) == "mu"

    # The same points, which another criterion asked for.
    table = inputs["candidates"].table
    columns = {"criterion": table.columns["criterion"]}
    renamed = table.with_columns({"criterion": np.array(["vertices"] * 3)}, columns)
    inputs["candidates"] = TableData(renamed, role="candidates")
    again, copy = run(inputs, cached=True, max_concurrent=1)
    assert [job.base.caching.get_cache_source() for _, job in sorted(jobs(copy).items())] == [first, second]
    assert plain(again) == directly
    np.testing.assert_array_equal(again["core_hours"], labels["core_hours"])


def test_jobs_that_end_early_are_followed_by_others_until_all_points_are_there(inputs, dying_code, directly):
    labels, node = run({**inputs, "code": dying_code}, chunk_size=3)
    found = jobs(node)
    assert sorted(found) == ["chunk_0000", "chunk_0000_1", "chunk_0000_2"]
    assert [found[name].exit_status for name in sorted(found)] == [370] * 3
    assert plain(labels) == directly
    assert labels["evidence"].tolist() == [found[name].uuid for name in sorted(found)]


def test_points_that_no_job_came_to_are_failed_with_the_reason(inputs, dying_code, directly):
    labels, node = run({**inputs, "code": dying_code}, chunk_size=3, max_restarts=1)
    assert labels["status"].tolist() == ["ok", "ok", "failed"]
    assert plain(labels.take([0, 1])) == directly.take([0, 1])
    last = list(labels.rows())[2]
    job = jobs(node)["chunk_0000_1"]
    assert last["reason"].startswith(f"UmbrellaCalculation<{job.pk}>: The job ended after 1 of 2 points")
    assert last["evidence"] == job.uuid
    assert np.isnan([last["eta_0"], last["mu_0"]]).all()


def test_jobs_that_do_nothing_are_not_repeated(inputs, script_code):
    labels, node = run({**inputs, "code": script_code("echo the node is broken")}, chunk_size=3)
    assert labels["status"].tolist() == ["failed"] * 3
    assert all("the node is broken" in reason for reason in labels["reason"])
    assert list(jobs(node)) == ["chunk_0000"]


def test_points_that_do_not_converge_are_failed_with_their_averages(inputs):
    labels, _ = run(inputs, chunk_size=3, precision=1e-9)
    assert labels["status"].tolist() == ["failed"] * 3
    assert all("above the precision of 1e-09" in reason for reason in labels["reason"])
    assert np.isfinite(labels["eta_6"]).all()
    assert np.isnan(labels["mu_0"]).all()


def test_no_points_give_no_labels(inputs):
    labels, _ = run({**inputs, "candidates": TableData(points(0), role="candidates")})
    assert len(labels) == 0
    assert labels.columns == label_columns(7)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"settings": {"chunk_sizes": 3}}, "oracle.settings.chunk_sizes: 3 is refused: the key is unknown"),
        ({"settings": {"repeats": [1, 1]}}, "oracle.settings.repeats"),
        ({"settings": {"max_restarts": -1}}, "oracle.settings.max_restarts: -1 is refused"),
        ({"system": {"degree": 1}}, "oracle.system.degree: 1 is refused"),
        ({"system": {"ordering": {"k_point": [0.1, 0.2, 0.3]}}}, "k_point"),
        ({"options": {"queue": "long"}}, "oracle.options.queue: 'long' is refused"),
        ({"pool": points(d=4)}, "candidates.wanted_eta: 4 is refused: the system has 7 components"),
    ],
)
def test_inputs_with_which_no_point_could_be_labelled_are_refused(inputs, changes, message):
    nodes = {
        name: Dict({**{"settings": SETTINGS, "system": ZIGZAG}.get(name, {}), **values})
        for name, values in changes.items()
        if name != "pool"
    }
    with pytest.raises(InputError, match=message):
        UmbrellaWorkChain.check_inputs({**inputs, **nodes}, changes.get("pool", points()))


def test_good_inputs_are_accepted_before_there_are_points(inputs):
    options = {"resources": {"num_machines": 1, "num_cores_per_mpiproc": 2}, "max_wallclock_seconds": 60}
    UmbrellaWorkChain.check_inputs({**inputs, "options": Dict(options)}, Table({}, {}))
