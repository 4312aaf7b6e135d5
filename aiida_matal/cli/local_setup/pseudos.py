"""Families of pseudopotentials in the UPF format, for pw.x."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from aiida_pseudo.data.pseudo import UpfData
from aiida_pseudo.groups.family import PseudoPotentialFamily

from aiida_matal.cli.local_setup.family import check_equal, family_label, load_family
from aiida_matal.cli.local_setup.step import SetupStep
from aiida_matal.science.errors import InputError

_MARKS = ("<UPF version", "<PP_HEADER")


@dataclass(frozen=True)
class PseudoFamily:
    """Pseudopotentials that were read and checked, but not stored.

    :param pseudos: by element.
    """

    label: str
    pseudos: dict[str, UpfData]


def read_pseudos(paths: Sequence[Path], label: str | None) -> PseudoFamily:
    """Return the pseudopotentials of a folder, or of some files; nothing is stored.

    Of a folder, all files count whose names end in ``.upf``, in lower or upper case.

    :param paths: one folder, or files.
    :param label: of the family; by default the folder's name.
    :raises InputError: if a file is no UPF, an element has two or the label is that of another family.
    """
    folder = paths[0] if len(paths) == 1 and paths[0].is_dir() else None
    files: dict[str, Path] = {}
    pseudos: dict[str, UpfData] = {}
    for path in _upf_files(folder) if folder else paths:
        pseudo = _read_upf(path)
        if pseudo.element in files:
            reason = f"{files[pseudo.element].name} and {path.name} are both of {pseudo.element}"
            raise InputError("--pseudos", str(path), reason, "Give one file an element: --pseudos FILE for each.")
        files[pseudo.element], pseudos[pseudo.element] = path, pseudo
    family = PseudoFamily(family_label(label, folder), dict(sorted(pseudos.items())))
    _check_stored(family)
    return family


def setup_pseudos(family: PseudoFamily) -> SetupStep:
    """Store the family, unless an equal one is there."""
    name, elements = f"pseudopotentials {family.label}", " ".join(family.pseudos)
    if load_family(family.label, PseudoPotentialFamily) is not None:
        return SetupStep(name, "found", elements)
    nodes = [pseudo.store() for pseudo in family.pseudos.values()]
    group = PseudoPotentialFamily(label=family.label, description="Set up by aiida-matal").store()
    group.add_nodes(nodes)
    return SetupStep(name, "made", elements)


def _upf_files(folder: Path) -> list[Path]:
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".upf")
    if not files:
        raise InputError("--pseudos", str(folder), "the folder has no UPF file", "Give the folder of *.UPF files.")
    return files


def _read_upf(path: Path) -> UpfData:
    if not _is_upf(path):
        raise InputError("--pseudos", str(path), "it is not a UPF file", "Give a folder of UPF files, or UPF files.")
    try:
        return UpfData.get_or_create(path)
    except ValueError:  # its text would be that of the whole file
        reason = "its element or a whole number of valence electrons cannot be read"
        raise InputError("--pseudos", str(path), reason, "Leave it out, or give another UPF file.") from None


def _is_upf(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return any(mark in text for mark in _MARKS)


def _check_stored(family: PseudoFamily) -> None:
    stored = load_family(family.label, PseudoPotentialFamily)
    if stored is not None:
        checksums = {element: pseudo.md5 for element, pseudo in family.pseudos.items()}
        check_equal(family.label, {element: pseudo.md5 for element, pseudo in stored.pseudos.items()}, checksums)
