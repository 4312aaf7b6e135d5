from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.crystal import CrystalSettings

CUBE = np.eye(3).tolist()
FACES = [[0, 0.5, 0.5], [0.5, 0, 0.5], [0.5, 0.5, 0]]
ALLOY = ["A", "B"]


def test_the_lithium_lattice_of_o3_has_the_point_group_d3d(zigzag):
    assert len(zigzag.crystal.operations) == 12


def test_the_face_centred_cubic_lattice_has_the_full_cubic_point_group(fcc):
    assert len(fcc.crystal.operations) == 48


def test_fixed_sites_count_in_the_space_group(make_crystal):
    assert len(make_crystal(CUBE, [([0, 0, 0], ALLOY), (["1/2", "1/2", "1/2"], ["C"])]).operations) == 48
    assert len(make_crystal(CUBE, [([0, 0, 0], ALLOY), ([0.5, 0.5, 0.4], ["C"])]).operations) == 8
    rutile = [([0.5, 0.5, 0.5], ALLOY), ([0, 0, 0], ["Ti"]), ([0.3, 0.3, 0], ["O"]), ([0.7, 0.7, 0], ["O"])]
    assert len(make_crystal(np.diag([4.6, 4.6, 2.95]).tolist(), rutile).operations) == 8


def test_only_variable_sites_are_counted(make_crystal):
    crystal = make_crystal(CUBE, [([0.5, 0.5, 0.5], ["C"]), ([0, 0, 0], ["Va", "Li"])])
    assert crystal.n_variable == 1
    assert crystal.variable.tolist() == [1]
    assert crystal.occupants == [("Va", "Li")]
    assert crystal.positions.tolist() == [[0, 0, 0]]


@pytest.mark.parametrize(("second", "order", "exchanged"), [(["A", "B"], 96, True), (["A", "C"], 48, False)])
def test_sites_that_other_species_share_are_not_equivalent(make_crystal, second, order, exchanged):
    crystal = make_crystal(CUBE, [([0, 0, 0], ALLOY), ([0.5, 0.5, 0.5], second)])
    images = {int(crystal.image(g, np.array([[0, 0, 0, 0]]))[0, 0]) for g in range(len(crystal.operations))}
    assert len(crystal.operations) == order
    assert images == ({0, 1} if exchanged else {0})


def test_a_left_handed_lattice_has_the_same_operations(make_crystal):
    assert len(make_crystal(FACES[::-1], [([0, 0, 0], ALLOY)]).operations) == 48


@given(data=st.data())
def test_operations_keep_all_distances(make_crystal, data):
    hexagonal = [[1.0, 0, 0], [-0.5, 0.75**0.5, 0], [0, 0, 1.6]]
    crystal = make_crystal(hexagonal, [(["1/3", "2/3", "1/4"], ALLOY), (["2/3", "1/3", "3/4"], ALLOY)])
    assert len(crystal.operations) == 24
    integers = st.tuples(st.integers(0, 1), *[st.integers(-3, 3)] * 3)
    sites = np.array(data.draw(st.lists(integers, min_size=2, max_size=4, unique=True)))
    images = crystal.image(data.draw(st.integers(0, 23)), sites)

    def distances(lattice_sites):
        points = (crystal.positions[lattice_sites[:, 0]] + lattice_sites[:, 1:]) @ crystal.vectors
        return np.linalg.norm(points[:, None] - points, axis=-1)

    np.testing.assert_allclose(distances(images), distances(sites), atol=1e-9)


@pytest.mark.parametrize(
    ("written", "number"), [("1/3", 1 / 3), ("-2 / 3", -2 / 3), ("0.25", 0.25), ("3", 3.0), (0.1, 0.1), (1, 1.0)]
)
def test_positions_may_be_fractions(make_crystal, written, number):
    crystal = make_crystal(CUBE, [([written, 0, 0], ALLOY)])
    assert crystal.positions[0, 0] == number


@pytest.mark.parametrize("written", ["1/0", "a/3", "", "1/2/3", "nan", "inf", "__import__('os')", None, [1]])
def test_other_texts_are_refused(written):
    values = {"lattice": CUBE, "sites": [{"position": [0, written, 0], "occupants": ALLOY}]}
    with pytest.raises(InputError, match=r"^crystal\.sites\.0\.position\.1:"):
        CrystalSettings.parse(values, where="crystal")


@pytest.mark.parametrize(
    ("lattice", "sites", "field"),
    [
        ([[1, 0, 0], [0, 1, 0], [1, 1, 0]], [([0, 0, 0], ALLOY)], "crystal.lattice"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, 0]], [([0, 0, 0], ALLOY)], "crystal.lattice"),
        ([[1, 0, 0], [0, 1, 0]], [([0, 0, 0], ALLOY)], "crystal.lattice"),
        ([[1, 0, 0], [0, 1, 0], [0, 0, float("nan")]], [([0, 0, 0], ALLOY)], "crystal.lattice.2.2"),
        (CUBE, [], "crystal.sites"),
        (CUBE, [([0, 0, 0], ["A"])], "crystal.sites"),
        (CUBE, [([0, 0, 0], ALLOY), ([1, 0, 1], ALLOY)], "crystal.sites.1"),
        (CUBE, [([0, 0, 0], ["A", "A"])], "crystal.sites.0.occupants"),
        (CUBE, [([0, 0, 0], ["A", "B", "C"])], "crystal.sites.0.occupants"),
        (CUBE, [([0, 0, 0], [])], "crystal.sites.0.occupants"),
        (CUBE, [([0, 0], ALLOY)], "crystal.sites.0.position"),
    ],
)
def test_crystals_that_make_no_sense_are_refused(make_crystal, lattice, sites, field):
    with pytest.raises(InputError) as caught:
        make_crystal(lattice, sites)
    assert caught.value.field.startswith(field)
