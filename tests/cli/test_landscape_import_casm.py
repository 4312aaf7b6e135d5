"""The system files that `aiida-matal landscape import-casm` writes."""

from __future__ import annotations

import json

import pytest
import yaml
from click.testing import CliRunner

from aiida_matal.cli.main import main
from aiida_matal.science.landscape.system import read_system

PRIM = {
    "title": "O3",
    "lattice_vectors": [[2.81, 0, 0], [1.405, 2.4335313846365527, 0], [1.405, 0.8111771282121843, 4.683333333333334]],
    "coordinate_mode": "Fractional",
    "basis": [{"coordinate": [0, 0, 0], "occupants": ["Li", "Va"]}, {"coordinate": [0.5] * 3, "occupants": ["Co"]}],
}
#: Sites and clusters in a cell of the prototypes: none, a site, neighbours in a plane.
ORBITS = [([], 1), ([[0, 0, 0, 0]], 1), ([[0, 0, 0, 0], [0, 1, 0, 0]], 3)]
FUNCTION = r"\phi_{0,0}(s_{%d})"


@pytest.fixture
def files(tmp_path):
    """The files of a CASM 1.x project: -1 on Li and 1 on Va, coefficients -0.1, 0.02 and 0.03 eV."""
    orbits = []
    for number, (sites, mult) in enumerate(ORBITS):
        formula = "".join(FUNCTION % point for point in range(len(sites))) or "1"
        function = {f"\\Phi_{{{number}}}": formula, "linear_function_index": number}
        orbits.append({"cluster_functions": [function], "mult": mult, "prototype": {"sites": sites}})
    functions = {r"\phi_{0,0}": {"Li": -1.0, "Va": 1.0}}
    basis = {"orbits": orbits, "site_functions": [{"sublat": 0, "occ": {"basis": functions}}, {"sublat": 1}]}
    (tmp_path / "prim.json").write_text(json.dumps(PRIM))
    (tmp_path / "basis.json").write_text(json.dumps(basis))
    (tmp_path / "eci.json").write_text(json.dumps([[0, -0.1], [1, 0.02], [2, 0.03]]))
    return tmp_path


@pytest.fixture
def import_files(files):
    """Return a function that runs the command on the files and gives what it prints."""

    def run(*arguments, exit_code=0):
        named = [f"--{name}={files / name}.json" for name in ("prim", "basis", "eci")]
        command = ["landscape", "import-casm", *named, "-o", str(files / "system.yaml"), *arguments]
        result = CliRunner().invoke(main, command)
        assert result.exit_code == exit_code, f"{result.output}\n{result.exception!r}"
        return result.output

    return run


def test_written_file_is_a_system_with_the_energies_of_casm(import_files, files):
    output = import_files("--occupied-by", "Li", "--k-point", "1/2,1/4,3/4")
    system = read_system(files / "system.yaml")
    # s = 1 - 2x, averaged over the three pairs: -0.1 + 0.02 + 0.03; -2 (0.02) - 4 (0.03); 4 (0.03) / 3.
    assert system.expansion.constant == pytest.approx(-0.05)
    point, pair = system.expansion.orbits
    assert (point.eci, pair.eci) == (pytest.approx(-0.16), pytest.approx(0.04))
    assert (len(point.clusters), len(pair.clusters)) == (1, 3)
    assert system.crystal.occupants == [("Va", "Li")]
    assert system.d == 7
    assert "1 of 2 sites of the unit cell variable: Va (x = 0) / Li (x = 1)" in output
    assert "3 of 3 functions have a coefficient" in output
    assert "-0.05 eV a unit cell" in output
    assert "Ordering: 6 order parameters" in output


def test_file_without_an_ordering_says_so(import_files, files):
    output = import_files()
    values = yaml.safe_load((files / "system.yaml").read_text())
    assert list(values) == ["crystal", "expansion"]
    assert values["crystal"]["sites"][0]["occupants"] == ["Li", "Va"]
    # s = 2x - 1.
    assert [orbit["eci"] for orbit in values["expansion"]["orbits"]] == pytest.approx([-0.08, 0.04])
    assert "has no ordering yet" in output


def test_file_that_exists_is_overwritten_only_if_asked(import_files, files):
    (files / "system.yaml").write_text("mine")
    output = import_files(exit_code=2)
    assert "the file exists" in output
    assert (files / "system.yaml").read_text() == "mine"
    import_files("--force")
    assert (files / "system.yaml").read_text() != "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--occupied-by", "Na"], "site 0 has Li and Va"),
        (["--k-point", "1/2,1/4"], "three numbers are needed"),
        (["--k-point", "1/2,a,3/4"], "no number"),
        (["--k-point", "0.1,0.2,0.3"], "k_point"),
        (["--eci", "nowhere.json"], "nowhere.json"),
    ],
)
def test_refusals_are_one_line_and_nothing_is_written(import_files, files, arguments, message):
    output = import_files(*arguments, exit_code=2)
    assert message in output
    assert len(output.splitlines()) == 1
    assert not (files / "system.yaml").exists()
