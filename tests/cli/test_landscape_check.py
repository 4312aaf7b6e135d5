"""What `aiida-matal landscape check` says about the example systems, and about files that are refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from aiida_matal.cli.main import main

EXAMPLES = Path(__file__).parents[2] / "examples" / "free_energy"


@pytest.fixture
def check():
    """Return a function that runs the command and gives what it prints."""

    def run(*arguments, exit_code=0):
        result = CliRunner().invoke(main, ["landscape", "check", *(str(argument) for argument in arguments)])
        assert result.exit_code == exit_code, f"{result.output}\n{result.exception!r}"
        return result.output

    return run


@pytest.fixture
def changed_zigzag(tmp_path):
    """Return a function that writes the zig-zag example with values changed, and gives the path."""

    def write(change):
        values = yaml.safe_load((EXAMPLES / "zigzag.yaml").read_text())
        change(values)
        path = tmp_path / "changed.yaml"
        path.write_text(yaml.safe_dump(values))
        return path

    return write


def test_zigzag_order_has_the_numbers_of_the_literature(check):
    # Holber and Garikipati (2025): 32 sublattices, 12 variants, group of order 384, 12 inputs of the network.
    values = json.loads(check(EXAMPLES / "zigzag.yaml", "--json"))
    expected = {
        "components": 7,
        "commensurate_sites": 32,
        "variants": 12,
        "variant_composition": 0.5,
        "group_order": 384,
        "inequalities": 64,
        "symmetry_operations": 12,
        "invariants": {"1": 0, "2": 1, "3": 0, "4": 3, "5": 0, "6": 7},
        "monte_carlo_sites": {"1": 32, "2": 256, "4": 2048, "8": 16384},
    }
    assert {name: values[name] for name in expected} == expected
    # Neighbours of a site in the pair model: 36 in the plane and 24 in the planes above and below, each pair shared.
    assert values["clusters"] == [
        {"sites": 1, "orbits": 1, "clusters": 1, "largest_eci_mev": pytest.approx(57.519)},
        {"sites": 2, "orbits": 8, "clusters": 30, "largest_eci_mev": pytest.approx(42.0)},
    ]


def test_text_says_the_same_without_a_profile(tmp_path):
    code = "import sys; from aiida_matal.cli.main import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "landscape", "check", EXAMPLES / "zigzag.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"AIIDA_PATH": str(tmp_path)})
    assert "1 of 1 sites of the unit cell variable (Va/Li)" in done.stdout
    assert "Variants: 12 at x = 0.5" in done.stdout
    assert "order 384" in done.stdout
    assert "Formation energy of a variant: -9.408 meV a site" in done.stdout
    assert "2,2,2          256" in done.stdout


def test_another_crystal_and_ordering_is_described_too(check):
    values = json.loads(check(EXAMPLES / "fcc_l10.yaml", "--json"))
    # L1_0 on fcc: six variants, + and - of three order parameters. Permutations and changes of two signs make the group
    # of the tetrahedron, whose invariants are polynomials in one of degree 2, one of degree 3 and one of degree 4.
    assert (values["components"], values["variants"], values["group_order"]) == (4, 6, 24)
    assert values["invariants"] == {"1": 0, "2": 1, "3": 1, "4": 2, "5": 1, "6": 3}
    assert values["commensurate_sites"] == 4
    # A site of L1_0 has 1/2 point, 1 pair of first and 3/2 of second neighbours; one of the phase x = 1 has 1 point,
    # 6 and 3 pairs, 8 triangles and 2 tetrahedra.
    ordered = -0.344 / 2 + 0.06 - 1.5 * 0.02
    pure = -0.344 + 6 * 0.06 - 3 * 0.02 + 8 * 0.008 - 2 * 0.004
    assert values["formation_energy"] == pytest.approx(ordered - pure / 2, abs=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda values: values.update(degre=4), "the key is unknown"),
        (lambda values: values["ordering"].update(k_point=[0.1, 0.2, 0.3]), "is refused"),
        (lambda values: values["crystal"].update(lattice=[[1, 0, 0], [2, 0, 0], [0, 0, 1]]), "span no volume"),
        (lambda values: values["expansion"]["orbits"][1].update(sites=[[3, 0, 0, 0]]), "not variable"),
    ],
)
def test_refused_file_is_told_in_one_line(check, changed_zigzag, change, message):
    output = check(changed_zigzag(change), exit_code=2)
    assert message in output
    assert len(output.splitlines()) == 1


def test_file_that_does_not_exist_is_told_in_one_line(check, tmp_path):
    output = check(tmp_path / "nowhere.yaml", exit_code=2)
    assert "nowhere.yaml" in output
    assert len(output.splitlines()) == 1
