"""What is written is read back by pycalphad."""

from __future__ import annotations

import warnings
from itertools import combinations

import numpy as np
import pytest

from aiida_matal.science.calphad.tdb_writer import missing_systems, tdb_text
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import known_elements
from aiida_matal.science.mixing.extrapolation import muggianu
from aiida_matal.science.mixing.redlich_kister import RedlichKister

pycalphad = pytest.importorskip("pycalphad", reason="it reads the files: pip install aiida-matal[calphad]")

FOUR = ("Al", "C", "Cu", "V")


def random_polynomials(elements, seed=0):
    """Return polynomials of orders 0 to 3 of all pairs, some of them large."""
    rng = np.random.default_rng(seed)
    pairs = ["-".join(pair) for pair in combinations(sorted(elements), 2)]
    sizes = rng.normal(0, [8e4, 3e4, 2e4, 1e4], (len(pairs), 4))
    return {
        name: RedlichKister(tuple(row[: 1 + n % 4])) for n, (name, row) in enumerate(zip(pairs, sizes, strict=True))
    }


def load(text):
    """Return the database; a warning on the way is an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return pycalphad.Database.from_string(text, fmt="tdb")


def calculated(database, fractions, output="HM_MIX", temperature=1500.0):
    """Return a property of the liquid by pycalphad, J/mol, at fractions by element."""
    elements = sorted(fractions)
    points = np.column_stack([fractions[symbol] for symbol in elements])
    components = [*(symbol.upper() for symbol in elements), "VA"]
    result = pycalphad.calculate(
        database, components, "LIQUID", T=temperature, P=101325, N=1, points=points, output=output
    )
    return result[output].values.squeeze()


def test_binary_enthalpies_are_read_back_within_1_J_per_mol():
    polynomials = random_polynomials(FOUR)
    database = load(tdb_text(polynomials))
    x_b = np.array([0.05, 0.3, 0.5, 0.85])
    for system, polynomial in polynomials.items():
        first, second = system.split("-")
        found = calculated(database, {first: 1 - x_b, second: x_b})
        np.testing.assert_allclose(found, 1000 * polynomial.value(x_b), atol=1e-3)


@pytest.mark.parametrize("elements", [("Al", "C", "Cu"), FOUR])
def test_multicomponent_liquids_are_those_of_muggianu(elements):
    polynomials = random_polynomials(FOUR, seed=1)
    fractions = np.random.default_rng(2).dirichlet(np.ones(len(elements)), 5)
    found = calculated(load(tdb_text(polynomials)), dict(zip(elements, fractions.T, strict=True)))
    np.testing.assert_allclose(found, 1000 * muggianu(fractions, elements, polynomials), atol=1e-3)


def test_excess_entropy_changes_the_gibbs_energy_and_not_the_enthalpy():
    polynomials = {"Al-Cu": RedlichKister((-66622.0, 46800.0, -2812.0))}
    x_b = np.array([0.1, 0.5, 0.6])
    enthalpy = 1000 * polynomials["Al-Cu"].value(x_b)
    plain, with_entropy = load(tdb_text(polynomials)), load(tdb_text(polynomials, tau=3000.0))
    liquids = {"Al": 1 - x_b, "Cu": x_b}
    for database, excess in ((plain, enthalpy), (with_entropy, enthalpy * (1 - 1200 / 3000))):
        np.testing.assert_allclose(calculated(database, liquids, "HM_MIX", 1200.0), enthalpy, atol=1e-3)
        ideal = 8.314462618 * 1200 * (x_b * np.log(x_b) + (1 - x_b) * np.log(1 - x_b))
        np.testing.assert_allclose(calculated(database, liquids, "GM_MIX", 1200.0) - ideal, excess, atol=0.1)
    assert "do not use it near tau" in " ".join(tdb_text(polynomials, tau=3000.0).replace("$", " ").split())


def test_all_pairs_of_all_elements_are_in_the_file_with_lines_that_old_programs_take():
    polynomials = random_polynomials(known_elements())
    text = tdb_text(polynomials, ["Model 1234, ß = 3", "Zeile zwei " * 20])
    assert text.isascii()
    assert max(map(len, text.splitlines())) <= 80
    assert text.startswith("$ Model 1234, ? = 3\n$\n$ Zeile zwei")
    written = sum(len(polynomial.coefficients) for polynomial in polynomials.values())
    assert text.count("PARAMETER G(LIQUID,") == written + len(known_elements())
    names = [line.split()[1] for line in text.splitlines() if line.startswith("FUNCTION")]
    assert len(set(names)) == len(names) == 2 * len(known_elements())
    assert not [(a, b) for a in names for b in names if a != b and b.startswith(a)]
    assert tdb_text(dict(reversed(polynomials.items())), ["Model 1234, ß = 3", "Zeile zwei " * 20]) == text


def test_elements_have_their_masses_and_the_liquid_no_other_constituents():
    database = load(tdb_text(random_polynomials(FOUR)))
    assert database.elements == {"AL", "C", "CU", "V", "VA", "/-"}
    assert database.refstates["CU"]["mass"] == pytest.approx(63.546, abs=1e-3)
    assert {species.name for species in database.phases["LIQUID"].constituents[0]} == {"AL", "C", "CU", "V"}


def test_systems_that_are_not_there_are_named_and_mix_ideally():
    polynomials = {"Al-Cu": RedlichKister((-6e4,)), "Al-V": RedlichKister((1e4,))}
    assert missing_systems(polynomials) == ["Cu-V"]
    text = tdb_text(polynomials)
    assert "1 systems between these elements have no parameters" in text
    assert calculated(load(text), {"Cu": np.array([0.5]), "V": np.array([0.5])}) == pytest.approx(0.0)


@pytest.mark.parametrize("system", ["Cu-Al", "Al", "Al-Xx", "Al-Cu-Mg", "Al-Al", "X-Al"])
def test_systems_that_are_no_pair_of_elements_are_refused(system):
    with pytest.raises(InputError, match="not a pair of elements"):
        tdb_text({system: RedlichKister((1.0,))})


def test_nothing_to_write_and_no_temperature_are_refused():
    with pytest.raises(InputError, match="nothing to write"):
        tdb_text({})
    with pytest.raises(InputError, match="no temperature"):
        tdb_text({"Al-Cu": RedlichKister((1.0,))}, tau=0.0)
