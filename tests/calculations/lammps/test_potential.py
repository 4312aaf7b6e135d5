from __future__ import annotations

import pytest

from aiida_matal.calculations.lammps.potential import LammpsPotential, check_potential
from aiida_matal.science.errors import InputError

FUNCFL = "Cu\n   29     63.550         3.6150    FCC\n500 5e-4 500 1e-2 4.95\n0 0 0 0 0\n"
SETFL = "one\ntwo\nthree\n    2  Ni  Cu\n"
EAM = {"pair_style": "eam", "files": {"Cu": "Cu_u3.eam", "Ni": "Ni_u3.eam"}}
ALLOY = {"pair_style": "eam/alloy", "file": "CuNi.eam.alloy"}


def test_pair_commands_follow_the_order_of_the_types():
    eam = LammpsPotential.parse(EAM, where="potential")
    assert eam.commands(["Ni", "Cu"], "p") == [
        "pair_style eam",
        "pair_coeff 1 1 p/Ni_u3.eam",
        "pair_coeff 2 2 p/Cu_u3.eam",
    ]
    alloy = LammpsPotential.parse(ALLOY, where="potential")
    assert alloy.commands(["Ni", "Cu", "Ni"], "p") == [
        "pair_style eam/alloy",
        "pair_coeff * * p/CuNi.eam.alloy Ni Cu Ni",
    ]


def test_only_the_files_of_the_elements_present_are_needed():
    assert check_potential(EAM, {"Cu_u3.eam": FUNCFL}, ["Cu"]).filenames(["Cu", "Cu"]) == ["Cu_u3.eam"]
    assert check_potential(ALLOY, {"CuNi.eam.alloy": SETFL}, ["Cu"]).filenames(["Cu"]) == ["CuNi.eam.alloy"]


@pytest.mark.parametrize(
    ("potential", "headers", "symbols", "message"),
    [
        ({"pair_style": "eam", "file": "a"}, {}, ["Cu"], "pair style 'eam' takes 'files'"),
        ({"pair_style": "eam/fs", "files": {"Cu": "a"}}, {}, ["Cu"], "pair style 'eam/fs' takes 'file'"),
        (
            {"pair_style": "eam/fs", "file": "../a"},
            {},
            ["Cu"],
            r"potential\.file: '\.\./a' is refused: a file name may",
        ),
        ({"pair_style": "eam/fs", "file": ".."}, {}, ["Cu"], "a file name may hold"),
        ({"pair_style": "eam/fs", "file": "a b\nrun 1"}, {}, ["Cu"], "a file name may hold"),
        ({"pair_style": "eam", "files": {"Cu": "$(x)"}}, {}, ["Cu"], r"potential\.files\.Cu: '\$\(x\)' is refused"),
        (EAM, {"Cu_u3.eam": FUNCFL}, ["Al"], "element Al has no file. Add an entry for 'Al'"),
        (EAM, {}, ["Cu"], "Cu_u3.eam is missing"),
        (EAM, {"Cu_u3.eam": FUNCFL, "Ni_u3.eam": FUNCFL}, ["Cu"], "Ni_u3.eam is not needed for Cu. Leave it out"),
        (EAM, {"Ni_u3.eam": FUNCFL}, ["Ni"], "'29' is refused.*begins with 28.*Give a funcfl file of Ni"),
        (EAM, {"Cu_u3.eam": ""}, ["Cu"], "begins with 29"),
        (
            ALLOY,
            {"CuNi.eam.alloy": SETFL},
            ["Ni", "Al"],
            r"\['Ni', 'Cu'\] is refused: its fourth line does not name Al",
        ),
        (ALLOY, {"CuNi.eam.alloy": FUNCFL}, ["Cu"], "Give a setfl file"),
        (ALLOY, {"CuNi.eam.alloy": "one\n"}, ["Cu"], "Give a setfl file"),
    ],
)
def test_potential_that_does_not_fit_is_refused(potential, headers, symbols, message):
    with pytest.raises(InputError, match=message):
        check_potential(potential, headers, symbols)
