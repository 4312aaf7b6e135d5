"""The interface of calculators: energies, forces and stresses for molecular dynamics, found by name."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from ase.calculators.calculator import Calculator
from pydantic import Field

from aiida_matal.science import settings as settings_module
from aiida_matal.science.errors import InputError
from aiida_matal.science.registry import CALCULATORS, load_class

#: Folder of the files that a calculator reads, in the folder of a job.
FILES_FOLDER = "files"


class NamedCalculator(ABC):
    """A calculator of ASE that a run can name, with its settings.

    :param settings: settings of the calculator, parsed by its class ``Settings``.
    :raises InputError: for settings that are unknown or refused.
    """

    Settings: ClassVar[type[settings_module.Settings]]

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = self.Settings.parse(settings, where="calculator settings")

    @property
    def elements(self) -> frozenset[str] | None:
        """Return the elements that it knows, or None if it takes any."""
        return None

    @property
    def filenames(self) -> Sequence[str]:
        """Return the names of the files that it reads, without folders."""
        return ()

    @abstractmethod
    def make(self, folder: Path) -> Calculator:
        """Return the calculator, which gives energy, forces and stress of periodic cells.

        The same atoms always get the same numbers, wrapped into the cell or not.

        :param folder: the folder that holds the files of :attr:`filenames`.
        """


class CalculatorSettings(settings_module.Settings):
    """Which calculator, and its settings."""

    name: str = Field(description="the name of the calculator, such as emt")
    settings: dict[str, Any] = Field(default_factory=dict, description="settings of the calculator")

    def load(self) -> NamedCalculator:
        """Return the calculator of this name.

        :raises InputError: if nothing of that name is registered, or the settings are refused.
        """
        calculator: NamedCalculator = load_class(CALCULATORS, self.name)(self.settings)
        return calculator


def fitting_calculator(
    values: Mapping[str, Any], filenames: Collection[str], symbols: Sequence[str]
) -> NamedCalculator:
    """Return the calculator that these settings name if it knows the elements and has its files.

    :param values: settings of :class:`CalculatorSettings`.
    :param filenames: names of the files that there are.
    :param symbols: the elements of the structure.
    :raises InputError: if it is not registered, an element is unknown to it, or a file is missing or not needed.
    """
    chosen = CalculatorSettings.parse(values, where="calculator")
    calculator = chosen.load()
    if calculator.elements is not None and (unknown := sorted(set(symbols) - calculator.elements)):
        cure = f"Choose from {', '.join(sorted(calculator.elements))}, or another calculator."
        raise InputError("calculator", chosen.name, f"it does not know {', '.join(unknown)}", cure)
    if missing := sorted(set(calculator.filenames) - set(filenames)):
        cure = "Pass a SinglefileData node with this file name."
        raise InputError("calculator files", sorted(filenames), f"{', '.join(missing)} is missing", cure)
    if unneeded := sorted(set(filenames) - set(calculator.filenames)):
        reason = f"'{chosen.name}' does not need {', '.join(unneeded)}"
        raise InputError("calculator files", sorted(filenames), reason, "Leave it out.")
    return calculator
