import numpy as np
import pytest
from ase.units import kB

from aiida_matal.science.landscape.monte_carlo.points import PointRequest, sample_points
from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings, UmbrellaSettings
from aiida_matal.science.landscape.monte_carlo.sweep import run_sweep
from aiida_matal.science.landscape.sweep_records import averages_so_far

FIELDS = [-0.05, -0.045, -0.02, -0.01, -0.005]
SWEEP = {"repeats": [2, 2, 2], "equilibration_passes": 500, "passes": 1500, "seed": 1}


def sweep(system, folder, n_threads=1, **changes):
    settings = SweepSettings.parse(SWEEP | changes, "settings")
    folder.mkdir(exist_ok=True)
    return run_sweep(system, settings, folder, n_threads, report=lambda line: None)


@pytest.fixture(scope="module")
def below_the_transition(zigzag, tmp_path_factory):
    return sweep(zigzag, tmp_path_factory.mktemp("sweep"), temperatures=[200], fields=FIELDS, along="field")


def test_composition_jumps_below_the_transition(below_the_transition):
    """Holber and Garikipati (2025), Fig. 2: without a bias no composition between the two phases is found."""
    x, order = below_the_transition["eta_0"], below_the_transition["order"]
    assert ((x < 0.05) | (x > 0.45)).all()
    assert (order[x < 0.05] < 0.05).all()
    assert (order[x > 0.45] > 0.45).all()


def test_the_jump_lies_elsewhere_on_the_way_back(below_the_transition):
    branch = below_the_transition["branch"]
    assert branch.tolist() == ["up"] * 5 + ["down"] * 4
    x = below_the_transition["eta_0"]
    up, down = x[:4], x[5:][::-1]
    assert (up > 0.45).tolist() == [False, False, False, True]
    assert (down > 0.45).tolist() == [False, False, True, True]


def test_a_bias_fills_the_gap(zigzag, tmp_path):
    """At the same temperature, between the two phases."""
    values = {
        "temperature": 200,
        "repeats": [2, 2, 2],
        "phi": {"composition": 20, "order": 1},
        "equilibration_passes": 200,
        "min_passes": 500,
        "max_passes": 2000,
        "precision": 0.05,
        "seed": 1,
    }
    wanted = [np.array([x, x, 0, 0, 0, 0, 0]) for x in (0.1, 0.2, 0.3, 0.4)]
    requests = [PointRequest(str(eta[0]), eta, eta) for eta in wanted]
    settings = UmbrellaSettings.parse(values, "settings")
    points = sample_points(zigzag, requests, settings, tmp_path / "points.jsonl", report=lambda line: None)
    for point, eta in zip(points, wanted, strict=True):
        assert point.point.converged
        assert point.point.eta == pytest.approx(eta, abs=0.03)


def test_cooling_orders_and_heating_disorders_again(zigzag, tmp_path):
    """The heat capacity is the slope of the energy, and one order parameter alone grows."""
    temperatures = [600, 560, 440, 340, 250, 220]
    table = sweep(zigzag, tmp_path, temperatures=temperatures, fields=[0.0], along="temperature")
    assert table["branch"].tolist() == ["cooling"] * 6 + ["heating"] * 5
    assert table["temperature"].tolist() == temperatures + temperatures[-2::-1]
    eta = np.abs(table.matrix([f"eta_{j}" for j in range(1, 7)]))
    assert (table["order"][[0, 1, -1]] < 0.1).all()
    assert (eta[[4, 5, 6]].max(axis=1) > 0.45).all()
    assert (np.sort(eta[[4, 5, 6]])[:, :-1] < 0.02).all()
    slope = (table["energy"][0] - table["energy"][1]) / (kB * 40)
    error = 4 * np.hypot(table["energy_error"][0], table["energy_error"][1]) / (kB * 40)
    assert table["heat_capacity"][:2].mean() == pytest.approx(slope, abs=error + 0.1 * slope)


def test_averages_are_those_of_independent_sites(free_fcc, tmp_path):
    """x, energy, heat capacity and susceptibility of sites without interactions, at two temperatures and two mu."""
    fields = [-0.1, 0.05]
    table = sweep(free_fcc, tmp_path, temperatures=[500, 900], fields=fields, along="field", passes=10_000)
    kt, mu = kB * table["temperature"], table["mu"]
    x = 1 / (1 + np.exp((0.03 - mu) / kt))
    assert (np.abs(table["eta_0"] - x) < 4 * table["eta_0_error"]).all()
    assert (np.abs(table["energy"] - 0.03 * x) < 4 * table["energy_error"]).all()
    assert table["susceptibility"] == pytest.approx(x * (1 - x) / kt, rel=0.1)
    assert table["heat_capacity"] == pytest.approx(x * (1 - x) * ((0.03 - mu) / kt) ** 2, rel=0.1)
    assert table["equilibrated"].all()


def test_canonical_paths_keep_each_composition(zigzag, tmp_path):
    table = sweep(
        zigzag,
        tmp_path,
        ensemble="canonical",
        temperatures=[500],
        fields=[0.1, 0.3, 0.5],
        along="field",
        passes=500,
    )
    assert table["wanted_eta_0"].tolist() == [0.1, 0.3, 0.5, 0.3, 0.1]
    assert table["eta_0"] == pytest.approx(table["wanted_eta_0"], abs=0.5 / 256)
    assert table["eta_0_error"] == pytest.approx(0)
    assert table["energy"][1] == pytest.approx(table["energy"][3], abs=5 * table["energy_error"][1])
    assert "mu" not in table


def test_a_path_that_was_added_leaves_the_others_alone(free_fcc, tmp_path):
    conditions = {"fields": [-0.1, 0.1], "along": "field", "passes": 100}
    first = sweep(free_fcc, tmp_path, temperatures=[500], **conditions)
    both = sweep(free_fcc, tmp_path, temperatures=[400, 500], **conditions)
    assert both.take(range(3, 6)) == first
    assert len((tmp_path / "paths.jsonl").read_bytes().splitlines()) == 2


def test_conditions_so_far_are_the_first_rows_of_each_path(free_fcc, tmp_path):
    conditions = {"temperatures": [500, 900], "fields": [-0.1, 0.1], "along": "temperature", "passes": 100}
    table = sweep(free_fcc, tmp_path, n_threads=2, **conditions)
    settings = SweepSettings.parse(SWEEP | conditions, "settings")
    file = tmp_path / "conditions.jsonl"
    assert averages_so_far(settings, free_fcc.d, file) == table
    lines = sorted(file.read_text().splitlines())
    file.write_text("\n".join([*lines[:1], *lines[3:5], lines[5][:40]]))
    assert averages_so_far(settings, free_fcc.d, file) == table.take([0, 3, 4])
    assert len(averages_so_far(settings, free_fcc.d, tmp_path / "none.jsonl")) == 0


def test_threads_do_not_change_the_table(free_fcc, tmp_path):
    conditions = {"temperatures": [500, 900], "fields": [-0.1, 0.1], "along": "temperature", "passes": 100}
    one = sweep(free_fcc, tmp_path / "one", **conditions)
    two = sweep(free_fcc, tmp_path / "two", n_threads=2, **conditions)
    assert one == two
    assert one["mu"].tolist() == [-0.1] * 3 + [0.1] * 3
    assert len(sweep(free_fcc, tmp_path / "three", and_back=False, **conditions)) == 4
