"""Checks of the codes and of the potentials that they need."""

from __future__ import annotations

import shutil

from aiida.orm import AbstractCode, Code, Computer, InstalledCode, QueryBuilder
from aiida.plugins.entry_point import get_entry_point_names
from aiida_pseudo.groups.family import PseudoPotentialFamily
from aiida_vasp.data.potcar import PotcarGroup

from aiida_matal.cli.checks.finding import Finding

_FAMILIES = {
    "matal.quantumespresso.md": (PseudoPotentialFamily, "--pseudos"),
    "matal.vasp.md": (PotcarGroup, "--potcars"),
}


def check_codes() -> Finding:
    """Check that the executables of the codes on this computer are there."""
    query = QueryBuilder().append(Computer, filters={"transport_type": "core.local"}, tag="computer")
    codes = query.append(InstalledCode, with_computer="computer").all(flat=True)
    codes = [code for code in codes if not code.is_hidden]
    gone = [code for code in codes if shutil.which(code.filepath_executable) is None]
    if gone:
        message = "; ".join(f"{code.full_label}: {code.filepath_executable} is gone" for code in gone)
        return Finding(
            "codes", "fail", message, f"aiida-matal setup; codes that are not needed any more: {_hide(gone)}"
        )
    if not codes:
        return Finding("codes", "warn", "there are none on this computer", "aiida-matal setup")
    return Finding("codes", "ok", ", ".join(sorted(code.full_label for code in codes)))


def check_plugins() -> Finding:
    """Check that the calculations that the codes, of all computers, are for are installed."""
    known = set(get_entry_point_names("aiida.calculations"))
    unknown = [code for code in _codes_in_use() if code.default_calc_job_plugin not in {None, *known}]
    if not unknown:
        return Finding("plugins of codes", "ok", "installed")
    message = "; ".join(f"{code.full_label}: {code.default_calc_job_plugin} is not installed" for code in unknown)
    cure = f"pip install the package that has it; codes that are not needed any more: {_hide(unknown)}"
    return Finding("plugins of codes", "warn", message, cure)


def check_potentials() -> Finding:
    """Check that there are potentials for the ab initio codes."""
    for code in _codes_in_use():
        family, option = _FAMILIES.get(code.default_calc_job_plugin, (None, ""))
        if family is not None and QueryBuilder().append(family).count() == 0:
            cure = f"aiida-matal setup {option} FOLDER"
            return Finding("potentials", "warn", f"there are none that {code.full_label} could use", cure)
    return Finding("potentials", "ok", "there are some for every code that needs them")


def _codes_in_use() -> list[AbstractCode]:
    # A query for AbstractCode would return all data.
    return [code for code in QueryBuilder().append(Code).all(flat=True) if not code.is_hidden]


def _hide(codes: list[AbstractCode]) -> str:
    return f"verdi code hide {' '.join(str(code.pk) for code in codes)}"
