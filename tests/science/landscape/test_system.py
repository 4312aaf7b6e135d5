from __future__ import annotations

import json
from itertools import product

import numpy as np
import pytest
import yaml

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.supercell import Supercell
from aiida_matal.science.landscape.system import System, SystemSettings, read_settings, read_system


@pytest.mark.parametrize(("name", "d", "sublattices", "variants"), [("zigzag", 7, 32, 12), ("fcc", 4, 4, 6)])
def test_order_parameters_of_the_examples(name, d, sublattices, variants, request):
    system = request.getfixturevalue(name)
    assert system.d == d
    assert system.order_parameters.Q.shape == (d, sublattices)
    assert len(system.order_parameters.variants) == variants
    assert system.polytope.contains(system.order_parameters.variants).all()


def test_the_zig_zag_system_has_the_twelve_inputs_of_the_paper(zigzag):
    eta = np.zeros((1, 7))
    assert zigzag.invariants.values(eta).shape == (1, 12)


def test_parts_are_made_once(zigzag):
    assert zigzag.order_parameters is zigzag.order_parameters
    assert zigzag.invariants is zigzag.invariants
    assert zigzag.polytope is zigzag.polytope


def test_the_zig_zag_order_is_a_ground_state_at_half_filling(zigzag, direct_energy):
    """No occupation with x = 1/2 lies below half the lowest V(k), times 1/4 (Luttinger and Tisza, 1946)."""
    k = np.indices((24, 24, 24)).reshape(3, -1).T / 24
    pairs = [
        (orbit.eci, cluster[1, 1:] - cluster[0, 1:])
        for orbit in zigzag.expansion.orbits[1:]
        for cluster in orbit.clusters
    ]
    energies = sum(2 * eci * np.cos(2 * np.pi * k @ step) for eci, step in pairs)
    lowest = {tuple(row) for row in k[energies < energies.min() + 1e-9].tolist()}
    assert lowest == {
        point
        for a, b, c in [(0.5, 0.25, 0.75), (0.25, 0.5, 0.75), (0.75, 0.25, 0.5)]
        for point in [(a, b, c), (1 - a, 1 - b, 1 - c)]
    }
    parameters = zigzag.order_parameters
    cell = Supercell(zigzag.crystal, parameters.cell)
    ordered = np.rint(parameters.sublattices(parameters.variants))[:, parameters.classes(cell)]
    random = zigzag.expansion.orbits[0].eci / 2 + sum(eci for eci, _ in pairs) / 4
    bound = random + energies.min() / 8
    np.testing.assert_allclose(direct_energy(zigzag.expansion, cell, ordered) / cell.n_sites, bound, atol=1e-12)


def lattices(n):
    """Return every superlattice with n cells, as Hermite normal forms."""
    for a, b, c in product(range(1, n + 1), repeat=3):
        if a * b * c == n:
            for d, e, f in product(range(b), range(c), range(c)):
                yield [[a, d, e], [0, b, f], [0, 0, c]]


def test_l1_2_and_l1_0_are_the_ground_states_of_the_alloy(fcc, direct_energy):
    """All occupations of all cells with up to six sites lie on or above the lines between A, L1_2, L1_0, L1_2 and B."""
    found = []
    for n in range(1, 7):
        occupations = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
        for matrix in lattices(n):
            cell = Supercell(fcc.crystal, matrix)
            found.append(
                np.column_stack([occupations.mean(axis=1), direct_energy(fcc.expansion, cell, occupations) / n])
            )
    x, energy = np.concatenate(found).T
    cube = Supercell(fcc.crystal, [[-1, 1, 1], [1, -1, 1], [1, 1, -1]])
    corner = np.array([0, 1, 1, 1])
    plane = np.array([site[1:] @ [1, 1, 0] % 2 for site in cube.sites])
    states = np.array([0 * corner, 1 - corner, plane, corner, 0 * corner + 1])
    ordered = direct_energy(fcc.expansion, cube, states) / 4
    assert states.mean(axis=1).tolist() == [0, 0.25, 0.5, 0.75, 1]
    above = energy - np.interp(x, states.mean(axis=1), ordered)
    assert above.min() > -1e-12
    assert np.diff(ordered, n=2).min() > 0.02
    exact = np.isclose(above, 0, atol=1e-9)
    assert set(x[exact].tolist()) == {0, 0.25, 0.5, 0.75, 1}


def test_settings_are_stored_as_plain_json(examples):
    for path in (examples / "zigzag.yaml", examples / "fcc_l10.yaml"):
        settings = read_settings(path)
        stored = json.loads(json.dumps(settings.as_dict(), allow_nan=False))
        assert SystemSettings.parse(stored, where="system") == settings


def test_json_is_read_as_yaml_is(examples, tmp_path, fcc):
    values = yaml.safe_load((examples / "fcc_l10.yaml").read_text(encoding="utf-8"))
    path = tmp_path / "fcc.json"
    path.write_text(json.dumps(values), encoding="utf-8")
    assert read_system(path).settings == fcc.settings


@pytest.mark.parametrize(
    ("keys", "value", "message"),
    [
        (["degree"], 1, r"^wrong\.yaml\.degree:"),
        (["expansion", "orbits", 1, "eci"], float("nan"), r"^wrong\.yaml\.expansion\.orbits\.1\.eci:"),
        (["expansion", "orbits", 1, "sites"], [[0, 0, 0, 0]], r"^wrong\.yaml\.expansion\.orbits\.1:"),
        (["crystal", "sites", 0, "occupants"], ["A"], r"^wrong\.yaml\.crystal\.sites:"),
        (["crystal", "lattice", 0], [0, 0, 0], r"^wrong\.yaml\.crystal\.lattice:"),
        (["ordering"], {}, r"^wrong\.yaml\.ordering"),
        (["orderings"], {}, r"^wrong\.yaml\.orderings: .*Did you mean 'ordering'"),
    ],
)
def test_wrong_values_are_refused_by_file_and_field(examples, tmp_path, keys, value, message):
    values = yaml.safe_load((examples / "fcc_l10.yaml").read_text(encoding="utf-8"))
    part = values
    for key in keys[:-1]:
        part = part[key]
    part[keys[-1]] = value
    path = tmp_path / "wrong.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read_system(path)


@pytest.mark.parametrize("text", ["", "- 1", "{", "crystal: !!python/object/apply:os.getcwd []", "\x00"])
def test_files_that_hold_no_settings_are_refused(tmp_path, text):
    path = tmp_path / "odd.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"odd\.yaml"):
        read_system(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"none\.yaml"):
        read_system(tmp_path / "none.yaml")


def test_orderings_without_order_parameters_are_refused_by_file_and_field(examples, tmp_path):
    text = (examples / "fcc_l10.yaml").read_text(encoding="utf-8")
    path = tmp_path / "long_waves.yaml"
    path.write_text(text.replace('["1/2", "1/2", 0]', '["1/3", "1/3", 0]'), encoding="utf-8")
    with pytest.raises(InputError, match=r"^long_waves\.yaml\.ordering\.k_point:"):
        _ = read_system(path).order_parameters


def test_fields_of_a_system_without_a_file_begin_with_system(fcc):
    values = fcc.settings.as_dict()
    values["crystal"]["sites"][0]["occupants"] = ["A"]
    with pytest.raises(InputError, match=r"^system\.crystal\.sites:"):
        System.from_settings(SystemSettings.parse(values, where="system"))
