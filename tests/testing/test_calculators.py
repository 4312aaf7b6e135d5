from __future__ import annotations

import json

import numpy as np
import pytest
from ase.build import bulk
from ase.calculators.emt import EMT
from ase.calculators.morse import MorsePotential

from aiida_matal.science.dynamics.calculators import NamedCalculator
from aiida_matal.science.dynamics.emt import EmtCalculator
from aiida_matal.science.dynamics.lennard_jones import LennardJonesCalculator
from aiida_matal.science.settings import Settings
from aiida_matal.testing import check_calculator


class NoSettings(Settings):
    pass


class FromFile(NamedCalculator):
    Settings = NoSettings

    @property
    def filenames(self):
        return ["morse.json"]

    def make(self, folder):
        return MorsePotential(**json.loads((folder / "morse.json").read_text()))


class Good(NamedCalculator):
    Settings = NoSettings

    def make(self, folder):
        return EMT()


class AnySettings(Settings, extra="ignore"):
    pass


class AcceptsAnySetting(Good):
    Settings = AnySettings


class DoesNotKnowCopper(Good):
    elements = frozenset({"Au"})


class ReadsAnotherFolder(Good):
    filenames = ("../potential.xml",)


class CompressionPositive(EMT):
    def calculate(self, *arguments, **keywords):
        super().calculate(*arguments, **keywords)
        self.results["stress"] = -self.results["stress"]


class GivesThePressure(Good):
    def make(self, folder):
        return CompressionPositive()


class HalfForces(EMT):
    def calculate(self, *arguments, **keywords):
        super().calculate(*arguments, **keywords)
        self.results["forces"] = self.results["forces"] / 2


class HalvesForces(Good):
    def make(self, folder):
        return HalfForces()


class NearTheOrigin(EMT):
    def calculate(self, *arguments, **keywords):
        super().calculate(*arguments, **keywords)
        self.results["energy"] += float(np.max(self.atoms.positions) > 10)


class DependsOnTheImage(Good):
    def make(self, folder):
        return NearTheOrigin()


@pytest.fixture
def atoms():
    found = bulk("Cu", "fcc", a=3.5, cubic=True)
    found.symbols[0] = "Au"
    found.rattle(0.15, seed=3)
    return found


def test_calculators_of_this_package_conform(atoms):
    check_calculator(EmtCalculator, {}, atoms)
    check_calculator(LennardJonesCalculator, {"epsilon": 0.2, "sigma": 2.3, "cutoff": 6.5}, atoms)


def test_calculator_of_a_third_party_that_reads_a_file_conforms(atoms, tmp_path):
    (tmp_path / "morse.json").write_text('{"epsilon": 0.3, "r0": 2.6, "rho0": 5.0}')
    check_calculator(FromFile, {}, atoms, tmp_path)


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (AcceptsAnySetting, "accepts an unknown setting"),
        (DoesNotKnowCopper, r"DoesNotKnowCopper.elements lacks \['Cu'\]"),
        (ReadsAnotherFolder, "holds more than names of files"),
        (GivesThePressure, "the stress of GivesThePressure is not the derivative"),
        (HalvesForces, "the forces of HalvesForces are not the derivative"),
        (DependsOnTheImage, "another energy for the same atoms in another image"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_broken_calculator_is_caught(cls, message, atoms):
    with pytest.raises(AssertionError, match=message):
        check_calculator(cls, {}, atoms)
