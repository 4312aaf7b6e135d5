from __future__ import annotations

import io

import pytest
from aiida_pseudo.data.pseudo.upf import UpfData

from aiida_matal.calculations.quantumespresso.pseudopotentials import (
    all_norm_conserving,
    check_pseudos,
    count_electrons,
    read_header,
)
from aiida_matal.science.errors import InputError

VERSION_2 = '<UPF version="2.0.1">\n<PP_HEADER\n pseudo_type="{kind}" element="{element}"\n functional="{functional}"'
VERSION_2 += ' z_valence="{valence}.0"\n/>\n</UPF>\n'
VERSION_1 = """<PP_HEADER>
   0                   Version Number
  Ti                   Element
   {kind}
 SLA  PZ   NOGX NOGC   PZ   Exchange-Correlation functional
   12.00000000000      Z valence
"""


def pseudo(element, kind="NC", functional="SLA PZ NOGX NOGC", valence=3):
    text = VERSION_2.format(kind=kind, element=element, functional=functional, valence=valence)
    return UpfData(io.BytesIO(text.encode()), filename=f"{element}.upf")


def test_headers_of_both_versions_are_read():
    header = read_header(VERSION_2.format(kind="NC", element="Al", functional=" SLA  PZ   NOGX NOGC", valence=3))
    assert header.functional == "SLA PZ NOGX NOGC"
    assert header.norm_conserving
    header = read_header(VERSION_1.format(kind="US                  Ultrasoft pseudopotential"))
    assert header.functional == "SLA PZ NOGX NOGC"
    assert not header.norm_conserving
    assert read_header(VERSION_1.format(kind="NC                  Norm - Conserving pseudopotential")).norm_conserving


def test_real_files_of_one_functional_go_together(upf_files):
    pseudos = upf_files(["Al", "Si"])
    check_pseudos(pseudos, ["Al", "Si"])
    assert all_norm_conserving(pseudos)
    assert count_electrons(pseudos, ["Al", "Al", "Si"]) == 10


def test_spellings_of_one_functional_are_the_same():
    check_pseudos({"Si": pseudo("Si", functional="SLA PW PBE PBE"), "Ge": pseudo("Ge", functional="PBE")}, ["Si", "Ge"])


@pytest.mark.parametrize("kind", ["US", "PAW"])
def test_one_that_is_not_norm_conserving_counts_for_all(kind):
    assert not all_norm_conserving({"Al": pseudo("Al"), "Cu": pseudo("Cu", kind=kind)})


@pytest.mark.parametrize(
    ("silicon", "message"),
    [
        ({}, r"engine\.pseudos\.Si: '\(missing\)' is refused.*there are those of Al"),
        ({"element": "Ge"}, r"engine\.pseudos\.Si: 'Ge.upf' is refused: it is a .* of Ge"),
        ({"element": "Si", "functional": "PBE"}, r"Si.*functional is SLA PW PBX PBC, but that of Al"),
    ],
)
def test_pseudopotentials_that_do_not_fit_are_refused(silicon, message):
    pseudos = {"Al": pseudo("Al"), **({"Si": pseudo(**silicon)} if silicon else {})}
    with pytest.raises(InputError, match=message):
        check_pseudos(pseudos, ["Si", "Al"])


def test_functionals_may_differ_if_another_one_is_used():
    mixed = {"Al": pseudo("Al"), "Si": pseudo("Si", functional="PBE")}
    check_pseudos(mixed, ["Al", "Si"], one_functional=False)
