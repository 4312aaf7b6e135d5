"""What VASP says on its standard output about a run that went wrong."""

from __future__ import annotations

import io
import re
from typing import Any

from aiida_vasp.parsers.content_parsers.stream import StreamParser
from aiida_vasp.parsers.vasp import ParserSettingsConfig

from aiida_matal.calculations.md_outputs import Failure

_MISMATCH = re.compile(
    r"type information on POSCAR and POTCAR are incompatible|number of potentials on File POTCAR incompatible"
)
_VERSION = re.compile(r"^\s*vasp\.", re.MULTILINE)
_TYPES = re.compile(r"type information:\s*(\S+)\s+(\S+)")
_NOT_CONVERGED = "electronic self-consistency was not achieved"
#: Errors after which a step may still have converged, as aiida-vasp judges them.
_HARMLESS_IF_CONVERGED = {"edddav_zhegv", "eddrmm_zhegv"}


def notifications(text: str) -> list[dict[str, Any]]:
    """Return the errors and warnings of VASP that aiida-vasp knows: name, kind and message of each."""
    return [note for note in StreamParser(handler=io.StringIO(text)).notifications if note["name"] != "nostart"]


def has_started(text: str) -> bool:
    """Return whether VASP printed its version or an error."""
    return bool(_VERSION.search(text) or _MISMATCH.search(text) or notifications(text))


def n_cores(text: str) -> int:
    """Return the number of cores: ranks times threads of VASP 6, cores of VASP 5, 1 if it is not said."""
    if found := re.search(r"running\s+(\d+) mpi-ranks, with\s+(\d+) threads/rank", text):
        return int(found.group(1)) * int(found.group(2))
    found = re.search(r"running on\s+(\d+) total cores", text)
    return int(found.group(1)) if found else 1


def find_failure(text: str, most_scf_steps: int, max_scf_steps: int) -> Failure | None:
    """Return why a run cannot be used, or None.

    :param most_scf_steps: the largest number of electronic iterations of a step.
    :param max_scf_steps: the number (NELM) after which VASP gives up.
    """
    if _MISMATCH.search(text):
        return Failure("ERROR_WRONG_POTENTIALS", _mismatch(text))
    if "TOO FEW BANDS" in text:
        return Failure("ERROR_TOO_FEW_BANDS", "the highest band is occupied; raise electrons.empty_bands")
    if most_scf_steps >= max_scf_steps or _NOT_CONVERGED in text:
        reason = f"a step took {most_scf_steps} of the {max_scf_steps} iterations of electrons.max_scf_steps"
        return Failure("ERROR_ELECTRONS_NOT_CONVERGED", reason)
    critical = {*ParserSettingsConfig().critical_notification_errors} - _HARMLESS_IF_CONVERGED
    for note in notifications(text):
        if note["name"] in critical or (note["name"] == "generic_box_error" and note["kind"] in ("ERROR", "BUG")):
            return Failure("ERROR_CODE_STOPPED", " ".join(note["message"].split()))
    return None


def _mismatch(text: str) -> str:
    found = _TYPES.search(text)
    if found is None:
        return "POSCAR and POTCAR are incompatible"
    return f"POSCAR has {found.group(1)} where POTCAR has {found.group(2)}"
