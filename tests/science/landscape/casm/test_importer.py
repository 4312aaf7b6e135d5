"""Cluster expansions of CASM in occupations have the energies that CASM's own compiled basis sets give."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.casm.importer import import_casm
from aiida_matal.science.landscape.cluster_expansion import ClusterExpansion
from aiida_matal.science.landscape.crystal import Crystal
from aiida_matal.science.landscape.supercell import Supercell

ROOT = Path(__file__).parents[4]
SUPERCELL = [[3, 1, 0], [0, 3, 1], [-1, 0, 2]]
#: Points to quadruplets of the Li lattice of the O3 stacking, listed Li first; the oxygen sites are there too.
ZIGZAG = {
    "lattice_vectors": [[2.81, 0, 0], [1.405, 2.4335313846365527, 0], [1.405, 0.8111771282121843, 4.683333333333334]],
    "coordinate_mode": "Fractional",
    "basis": [
        {"coordinate": [0, 0, 0], "occupants": ["Li", "Va"]},
        {"coordinate": [0.5, 0.5, 0.5], "occupants": ["Co"]},
        {"coordinate": [0.24, 0.24, 0.28], "occupants": ["O"]},
        {"coordinate": [0.76, 0.76, 0.72], "occupants": ["O"]},
    ],
}
RHOMBUS = [[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 1, 0]]
BETWEEN_LAYERS = [[0, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]
#: Octahedral interstices of hcp zirconium, two in a cell, in Cartesian coordinates.
HCP = {
    "lattice_vectors": [[3.2, 0, 0], [-1.6, 2.7712812921102037, 0], [0, 0, 5.17]],
    "coordinate_mode": "Cartesian",
    "basis": [
        {"coordinate": [0, 1.8475208614068024, 1.2925], "occupant_dof": ["Zr"]},
        {"coordinate": [1.6, 0.9237604307034012, 3.8775], "occupant_dof": ["Zr"]},
        {"coordinate": [0, 0, 2.585], "occupant_dof": ["Va", "O"]},
        {"coordinate": [0, 0, 0], "occupant_dof": ["Va", "O"]},
    ],
}
FCC = {
    "lattice_vectors": [[0, 2, 2], [2, 0, 2], [2, 2, 0]],
    "coordinate_mode": "Direct",
    "basis": [{"coordinate": [0, 0, 0], "occupants": ["Ni", "Al"]}],
}


def _specs(lengths, site_functions, orbit_specs=()):
    branches = {"0": {"max_length": 0}, "1": {"max_length": 0}}
    branches |= {str(size): {"max_length": length} for size, length in enumerate(lengths, start=2)}
    prototypes = [{"coordinate_mode": "Integral", "prototype": sites} for sites in orbit_specs]
    params = {"orbit_branch_specs": branches, "orbit_specs": prototypes}
    return {
        "cluster_specs": {"method": "periodic_max_length", "params": params},
        "basis_function_specs": {"dof_specs": {"occ": {"site_basis_functions": site_functions}}},
    }


MATERIALS = {
    "zigzag": (ZIGZAG, _specs([5.0, 2.9], "occupation", [RHOMBUS, BETWEEN_LAYERS]), "Li"),
    "hcp": (HCP, _specs([5.2, 4.2], "chebychev"), None),
    "fcc": (FCC, _specs([4.1, 2.9], [{"sublat_indices": [0], "composition": {"Ni": 0.7, "Al": 0.3}}]), "Ni"),
}


@pytest.fixture(scope="module", params=MATERIALS)
def libcasm(request, tmp_path_factory):
    """Folder with the files of CASM for a material, energies by libcasm, and the species of x = 1."""
    if find_spec("casm") is None or find_spec("libcasm") is None:
        pytest.skip("libcasm is not installed: pip install aiida-matal[casm]")
    if shutil.which("g++") is None:
        pytest.skip("g++, which compiles the basis sets of libcasm, is not installed")
    prim, specs, occupied_by = MATERIALS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "prim.json").write_text(json.dumps({"title": request.param, **prim}))
    (folder / "bspecs.json").write_text(json.dumps(specs))
    program = [sys.executable, Path(__file__).with_name("clexulator_energies.py"), folder]
    subprocess.run(program, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True)
    return folder, np.load(folder / "energies.npz"), occupied_by


def test_energies_are_those_of_libcasm(libcasm):
    folder, reference, occupied_by = libcasm
    found = import_casm(folder / "prim.json", folder / "eci.json", occupied_by=occupied_by)
    x = _occupations(found, reference, folder)
    assert len(x) == 1000
    np.testing.assert_allclose(_energies(found, x), reference["energies"], rtol=0, atol=1e-9)
    # Not because all were the same.
    assert np.std(reference["energies"]) > 1


def test_coefficients_apart_from_the_basis_set_and_the_other_species_give_the_same_energies(libcasm):
    folder, reference, occupied_by = libcasm
    listed = json.loads((folder / "basis.json").read_text())["prim"]["basis"][-1]["occupants"]
    other = next((name for name in listed if name != occupied_by and len(listed) == 2), None)
    for eci in ("eci.json", "pairs.json"):
        found = import_casm(folder / "prim.json", folder / "basis.json", folder / eci, occupied_by=other)
        np.testing.assert_allclose(
            _energies(found, _occupations(found, reference, folder)), reference["energies"], rtol=0, atol=1e-9
        )


def _occupations(found, reference, folder):
    """Occupations 0 and 1 of the variable sites in the order of our supercell, one configuration a row."""
    crystal = Crystal.from_settings(found.crystal)
    supercell = Supercell(crystal, SUPERCELL)
    numbers = {int(index): b for b, index in enumerate(crystal.variable)}
    prim = json.loads((folder / "prim.json").read_text())
    listed = [site.get("occupants", site.get("occupant_dof")) for site in prim["basis"]]
    x = np.full((len(reference["occupants"]), supercell.n_sites), -1)
    for (b, *cell), occupants in zip(reference["sites"].tolist(), reference["occupants"].T, strict=True):
        if b in numbers:
            column = supercell.index([numbers[b], *cell])
            x[:, column] = np.array(listed[b])[occupants] == crystal.occupants[numbers[b]][1]
    assert set(np.unique(x)) == {0, 1}
    return x


def _energies(found, x):
    """Sum over all clusters of the supercell, written out."""
    crystal = Crystal.from_settings(found.crystal)
    expansion = ClusterExpansion.from_settings(found.expansion, crystal)
    supercell = Supercell(crystal, SUPERCELL)
    total = np.full(len(x), supercell.n_cells * expansion.constant)
    for orbit in expansion.orbits:
        for cluster in orbit.clusters:
            moved = np.repeat(cluster[None], supercell.n_cells, axis=0)
            moved[..., 1:] += supercell.translations[:, None]
            total += orbit.eci * x[:, supercell.index(moved)].prod(axis=-1).sum(axis=-1)
    return total


@pytest.fixture
def chain(tmp_path):
    """Return a function that writes the files of a chain of sites with changes, and imports them.

    E = 2 + 3 s_0 - 5 s_0 s_1 a cell in s = -1 for A and 1 for B, in the form of CASM 1.x.
    """
    prim = {
        "lattice_vectors": [[2, 0, 0], [0, 7, 0], [0, 0, 9]],
        "coordinate_mode": "Fractional",
        "basis": [{"coordinate": [0, 0, 0], "occupants": ["A", "B"]}],
    }
    functions = [("1", 2.0, []), (r"\phi_{0,0}(s_{0})", 3.0, [[0, 0, 0, 0]])]
    functions.append((r"\phi_{0,0}(s_{0})\phi_{0,0}(s_{1})", -5.0, [[0, 0, 0, 0], [0, 1, 0, 0]]))
    orbits = [
        {
            "cluster_functions": [{f"\\Phi_{{{number}}}": formula, "linear_function_index": number, "eci": eci}],
            "linear_orbit_index": number,
            "mult": 1,
            "prototype": {"sites": sites, "max_length": 0.0},
        }
        for number, (formula, eci, sites) in enumerate(functions)
    ]
    occ = {"basis": {r"\phi_{0,0}": {"A": -1.0, "B": 1.0}}}
    basis = {"orbits": orbits, "site_functions": [{"sublat": 0, "asym_unit": 0, "occ": occ}], "bspecs": {}}

    def run(change=lambda prim, basis: None, **arguments):
        changed = json.loads(json.dumps([prim, basis]))
        change(*changed)
        for name, values in zip(("prim.json", "basis.json"), changed, strict=True):
            (tmp_path / name).write_text(json.dumps(values))
        return import_casm(tmp_path / "prim.json", tmp_path / "basis.json", **arguments)

    return run


def test_chain_has_the_interactions_that_follow_by_hand(chain):
    # s = 2x - 1: 2 + 3(2x - 1) - 5(2x - 1)(2y - 1) has constant -6; each site is in two of the pairs: 6 + 20; -20.
    expansion = chain().expansion
    assert expansion.constant == -6.0
    assert [(list(orbit.sites), orbit.eci) for orbit in expansion.orbits] == [
        ([(0, 0, 0, 0)], 26.0),
        ([(0, 0, 0, 0), (0, 1, 0, 0)], -20.0),
    ]


def test_other_species_counts(chain):
    # s = 1 - 2x: constant 0; -6 + 20; -20.
    found = chain(occupied_by="A")
    assert found.crystal.sites[0].occupants == ["B", "A"]
    assert found.expansion.constant == 0.0
    assert [orbit.eci for orbit in found.expansion.orbits] == [14.0, -20.0]


def test_site_functions_follow_from_their_name(chain):
    def named(prim, basis):
        basis["site_functions"] = []
        basis["bspecs"] = {"basis_function_specs": {"dof_specs": {"occ": {"site_basis_functions": "CHEBYCHEV"}}}}

    assert chain(named) == chain()
    assert chain(named, occupied_by="A") == chain(occupied_by="A")


def _setting(path, value):
    """A change of one value of the files: the path begins with the name of the file."""

    def change(prim, basis):
        *above, last = path
        place = {"prim": prim, "basis": basis}
        for key in above:
            place = place[key]
        place[last] = value

    return change


FIRST_FUNCTION = ("basis", "orbits", 1, "cluster_functions")


@pytest.mark.parametrize(
    ("path", "value", "field", "reason"),
    [
        (("prim", "basis", 0, "occupants"), ["A", "B", "C"], "prim.json.basis.0.occupants", "more than two species"),
        (("prim", "basis", 0, "dofs"), {"disp": {}}, "prim.json.basis.0.dofs", "other freedom"),
        (("prim", "dofs"), {"GLstrain": {}}, "prim.json.dofs", "other freedom"),
        (("prim", "species"), {"A": {"attributes": {"Cmagspin": {"value": [1]}}}}, "prim.json.species.A", "moment"),
        (("prim", "coordinate_mode"), "Integral", "prim.json.coordinate_mode", "unknown"),
        (("prim", "lattice_vectors"), [[1, 0, 0]], "prim.json.lattice_vectors", "required"),
        (("basis", "orbits", 2, "mult"), 3, "basis.json.orbits.2.mult", "makes 1 clusters"),
        (("basis", "orbits", 2, "prototype", "sites"), [[0, k, 0, 0] for k in range(5)], "sites", "has 5 sites"),
        (("basis", "orbits", 2, "prototype", "sites"), [[0, 0, 0, 0], [1, 0, 0, 0]], "sites", "not variable"),
        ((*FIRST_FUNCTION, 0, "\\Phi_{1}"), r"\phi_{0,0}(s_{0})\phi_{0,0}(s_{0})", "functions", "not the product"),
        ((*FIRST_FUNCTION, 0, "\\Phi_{1}"), r"2\phi_{0,0}(s_{0})", "functions", "not the product"),
        ((*FIRST_FUNCTION, 0, "eci"), "large", "eci", "number"),
        ((*FIRST_FUNCTION,), [{"linear_function_index": 1}, {"linear_function_index": 2}], "functions", "2 functions"),
        (("basis", "site_functions"), [], "basis.json.site_functions", "does not say"),
        (("basis", "site_functions", 0, "occ", "basis"), {"f": {"A": 0.0, "C": 1.0}}, "functions.0", "A and B"),
        (("basis", "site_functions", 0, "occ", "basis"), {"f": {"A": 2.0, "B": 2.0}}, "functions.0", "the same value"),
        (("basis", "orbits"), [], "basis.json.orbits", "at least 1 item"),
    ],
)
def test_what_cannot_be_imported_is_refused_by_name(chain, path, value, field, reason):
    with pytest.raises(InputError) as caught:
        chain(_setting(path, value))
    assert field in caught.value.field
    assert reason in caught.value.reason


def test_functions_that_differ_on_equivalent_sites_are_refused(chain):
    def two_sites(prim, basis):
        prim["basis"].append({"coordinate": [0.5, 0, 0], "occupants": ["A", "B"]})
        occ = {"basis": {"f": {"A": 0.0, "B": 1.0}}}
        basis["site_functions"].append({"sublat": 1, "occ": occ})

    with pytest.raises(InputError, match="equivalent by symmetry have different functions"):
        chain(two_sites)


def test_equivalent_sites_with_species_in_another_order_need_the_species_of_x(chain):
    def two_sites(prim, basis):
        prim["basis"].append({"coordinate": [0.5, 0, 0], "occupants": ["B", "A"]})
        basis["site_functions"].append({**basis["site_functions"][0], "sublat": 1})
        basis["orbits"] = basis["orbits"][:2]
        basis["orbits"][1]["mult"] = 2

    with pytest.raises(InputError, match="Name the species of x = 1"):
        chain(two_sites)
    # 2 + 3 <s> a cell: -1 and 3 for each of two sites.
    expansion = chain(two_sites, occupied_by="B").expansion
    assert (expansion.constant, [orbit.eci for orbit in expansion.orbits]) == (-1.0, [3.0])


def test_basis_set_of_another_crystal_is_refused(chain):
    def other(prim, basis):
        basis["prim"] = {**prim, "lattice_vectors": [[2, 0, 0], [0, 7, 0], [0, 0, 8]]}

    with pytest.raises(InputError, match="made for another crystal"):
        chain(other)


def test_coefficients_are_needed_and_belong_to_the_basis_set(chain, tmp_path):
    def without(prim, basis):
        for orbit in basis["orbits"]:
            del orbit["cluster_functions"][0]["eci"]

    with pytest.raises(InputError, match="no function has a coefficient"):
        chain(without)
    eci = tmp_path / "eci.json"
    eci.write_text("[[1, 0.25], [7, 1.0]]")
    with pytest.raises(InputError, match=r"eci\.json: \[7\].*no functions of these indices"):
        chain(without, eci=eci)
    eci.write_text("[[1, 0.25]]")
    found = chain(without, eci=eci)
    assert (found.expansion.constant, found.n_functions, found.n_coefficients) == (-0.25, 3, 1)


@pytest.mark.parametrize("text", ["{", "[1, 2]", "null", '{"pairs": 1}', "[[0, NaN]]"])
def test_files_of_another_kind_are_refused(chain, tmp_path, text):
    eci = tmp_path / "eci.json"
    eci.write_text(text)
    with pytest.raises(InputError, match=r"eci\.json"):
        chain(eci=eci)
    with pytest.raises(InputError, match=r"eci\.json"):
        import_casm(eci, tmp_path / "basis.json")


def test_species_that_a_site_does_not_have_is_refused(chain):
    with pytest.raises(InputError, match="site 0 has A and B"):
        chain(occupied_by="C")
