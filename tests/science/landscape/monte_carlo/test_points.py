from pathlib import Path

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.monte_carlo.points import PointRequest, sample_points
from aiida_matal.science.landscape.monte_carlo.settings import UmbrellaSettings
from aiida_matal.science.landscape.system import System, read_system

EXAMPLE = Path(__file__).parents[4] / "examples/free_energy/fcc_l10.yaml"
SETTINGS = {
    "temperature": 900,
    "repeats": [2, 2, 2],
    "phi": {"composition": 5, "order": 2},
    "equilibration_passes": 100,
    "min_passes": 500,
    "max_passes": 20_000,
    "precision": 2e-3,
    "seed": 1,
}
WANTED = {"middle": [0.5, 0, 0, 0], "ordered": [0.5, 0.4, 0, 0], "dilute": [0.2, 0.1, 0, 0], "full": [0.9, 0, 0, 0]}


@pytest.fixture(scope="module")
def system():
    return read_system(EXAMPLE)


def requests(*names):
    return [PointRequest(name, np.array(WANTED[name]), np.array(WANTED[name])) for name in names]


def sample(system, names, path, n_threads=1, **changes):
    settings = UmbrellaSettings.parse(SETTINGS | changes, "settings")
    return sample_points(system, requests(*names), settings, path, n_threads, report=lambda line: None)


def numbers(sampled):
    point = sampled.point
    return [point.eta.tolist(), point.eta_error.tolist(), point.mu.tolist(), point.mu_error.tolist(), point.n_passes]


def test_points_depend_neither_on_threads_nor_on_their_company(system, tmp_path):
    one = sample(system, WANTED, tmp_path / "one.jsonl")
    two = sample(system, WANTED, tmp_path / "two.jsonl", n_threads=2)
    assert [point.id for point in one] == [point.id for point in two] == list(WANTED)
    assert [numbers(point) for point in one] == [numbers(point) for point in two]
    (alone,) = sample(system, ["dilute"], tmp_path / "alone.jsonl")
    assert numbers(alone) == numbers(one[2])
    assert all(point.point.converged for point in one)
    assert all(np.abs(point.point.eta - WANTED[point.id]).max() < 0.1 for point in one)
    assert all(point.seconds > 0 for point in one)


def test_a_run_that_was_killed_goes_on(system, tmp_path):
    path = tmp_path / "points.jsonl"
    whole = sample(system, WANTED, path)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1][:-20])
    again = sample(system, WANTED, path)
    assert [numbers(point) for point in again] == [numbers(point) for point in whole]
    assert path.read_bytes().startswith(lines[0])
    # The seconds tell that the first point was read and not sampled again.
    assert again[0].seconds == whole[0].seconds
    assert len(path.read_bytes().splitlines()) == 5


def test_points_of_other_settings_or_of_another_system_are_sampled_anew(system, tmp_path):
    path = tmp_path / "points.jsonl"
    (first,) = sample(system, ["middle"], path)
    (hotter,) = sample(system, ["middle"], path, temperature=1500)
    (other_seed,) = sample(system, ["middle"], path, seed=2)
    expansion = system.settings.expansion.model_copy(update={"orbits": system.settings.expansion.orbits[:-1]})
    other = System.from_settings(system.settings.model_copy(update={"expansion": expansion}))
    (without_tetrahedra,) = sample(other, ["middle"], path)
    eta = {tuple(point.point.eta) for point in (first, hotter, other_seed, without_tetrahedra)}
    assert len(eta) == 4
    (same,) = sample(system, ["middle"], path)
    assert numbers(same) == numbers(first)
    assert len(path.read_bytes().splitlines()) == 4


def test_a_point_that_has_not_converged_comes_back_with_its_reason(system, tmp_path):
    (point,) = sample(system, ["middle"], tmp_path / "points.jsonl", precision=1e-9, max_passes=600)
    assert not point.point.converged
    assert "half-width" in point.point.reason
    (read,) = sample(system, ["middle"], tmp_path / "points.jsonl", precision=1e-9, max_passes=600)
    assert read.point.reason == point.point.reason


@pytest.mark.parametrize("kappa", [[0.5, 0, 0], [0.5, 0, 0, np.nan], 0.5])
def test_points_of_another_system_are_refused_before_anything_runs(system, tmp_path, kappa):
    settings = UmbrellaSettings.parse(SETTINGS, "settings")
    odd = PointRequest("odd", np.array(WANTED["middle"]), np.array(kappa))
    with pytest.raises(InputError, match="kappa of odd"):
        sample_points(system, [*requests("middle"), odd], settings, tmp_path / "points.jsonl")
    assert not (tmp_path / "points.jsonl").exists()
