from __future__ import annotations

import pytest
from aiida.orm import StructureData

from aiida_matal.calculations.vasp.potentials import check_potentials, n_valence_electrons, species
from aiida_matal.science.errors import InputError


def structure(symbols, names=None):
    node = StructureData(cell=[[9, 0, 0], [0, 9, 0], [0, 0, 9]])
    for index, symbol in enumerate(symbols):
        node.append_atom(symbols=symbol, name=names[index] if names else symbol, position=(index, 0, 0))
    return node


def test_atoms_are_counted_in_the_order_of_the_sites():
    assert list(species(structure(["Ni", "Ni", "Cu"])).items()) == [("Ni", 2), ("Cu", 1)]


def test_structure_must_have_its_sites_in_groups_named_after_their_element():
    with pytest.raises(InputError, match=r"structure: \['Cu', 'Ni', 'Cu'\] is refused: .* Sort the sites"):
        species(structure(["Cu", "Ni", "Cu"]))
    with pytest.raises(InputError, match="structure: 'Cu1' is refused: it is a kind of Cu"):
        species(structure(["Cu"], ["Cu1"]))


def test_potentials_fit_the_elements(potcars):
    of = potcars(["Al", "Cu"])
    check_potentials(of, ["Al", "Cu"])
    assert n_valence_electrons(of["Cu"]) == 11.0
    with pytest.raises(InputError, match="element Ni has no potential"):
        check_potentials(of, ["Al", "Ni"])
    with pytest.raises(InputError, match=r"potentials\.Cu: 'Al' is refused: it is not one of Cu"):
        check_potentials({"Cu": of["Al"]}, ["Cu"])
