"""Families of POTCAR files, for VASP. Their contents stay in AiiDA's own nodes for them, and are never shown."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from pathlib import Path

from aiida_vasp.data.potcar import PotcarData, PotcarFileData, PotcarGroup
from parsevasp.potcar import Potcar

from aiida_matal.cli.local_setup.family import check_equal, family_label, load_family
from aiida_matal.cli.local_setup.step import SetupStep
from aiida_matal.science.errors import InputError

_LAYOUT = "Give a folder with one folder for each potential, such as Cu_pv/POTCAR."
_END = "End of Dataset"


@dataclass(frozen=True)
class PotcarFamily:
    """POTCAR files that were checked, but not stored.

    :param checksums: SHA-512 by the folder's name, such as ``Cu_pv``.
    """

    label: str
    folder: Path
    checksums: dict[str, str]


def read_potcars(folder: Path, label: str | None) -> PotcarFamily:
    """Return the POTCAR files of a folder; nothing is stored.

    :param folder: holds ``NAME/POTCAR``, as VASP's own folders of potentials do.
    :param label: of the family; by default the folder's name.
    :raises InputError: if a file is no POTCAR or in a wrong place, or the label is that of another family.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and _is_read_by_upload(path))
    if not files:
        raise InputError("--potcars", str(folder), "there is no POTCAR in it", _LAYOUT)
    for path in files:
        _check_potcar(folder, path)
    checksums = {_name(path): PotcarFileData.get_file_sha512(path) for path in files}
    family = PotcarFamily(family_label(label, folder), folder, checksums)
    _check_stored(family)
    return family


def setup_potcars(family: PotcarFamily) -> SetupStep:
    """Store the family, unless an equal one is there."""
    name = f"POTCARs {family.label}"
    if load_family(family.label, PotcarGroup) is not None:
        return SetupStep(name, "found", " ".join(family.checksums))
    PotcarData.upload_potcar_family(
        family.folder.resolve(), family.label, "Set up by aiida-matal", stop_if_existing=False
    )
    return SetupStep(name, "made", " ".join(family.checksums))


def _is_read_by_upload(path: Path) -> bool:
    return "POTCAR" in path.name or tarfile.is_tarfile(path)


def _check_potcar(folder: Path, path: Path) -> None:
    """Check one file; aiida-vasp unpacks archives where they lie, and reads all else that is called POTCAR."""
    where = path.relative_to(folder)
    if len(where.parts) != 2 or where.name != "POTCAR":
        raise InputError("--potcars", str(where), "this is no place for it", f"Unpack it or move it away. {_LAYOUT}")
    try:
        n_datasets = path.read_text(encoding="utf-8").count(_END)
        header = Potcar(file_path=str(path))
        element, _ = header.element, header.functional
    except (OSError, AttributeError, KeyError, ValueError):
        raise InputError("--potcars", str(where), "it is not a POTCAR file", "Leave it out.") from None
    if n_datasets != 1:
        raise InputError("--potcars", str(where), f"it has {n_datasets} potentials", f"Give one a file. {_LAYOUT}")
    if _name(path).split("_")[0] != element:
        raise InputError("--potcars", str(where), f"it is a potential of {element}", f"Rename its folder. {_LAYOUT}")


def _name(path: Path) -> str:
    """Return the name that aiida-vasp gives to the potential of a file."""
    return path.resolve().parent.name


def _check_stored(family: PotcarFamily) -> None:
    """Check that aiida-vasp, which stores equal files once, has none of them under another name."""
    stored = load_family(family.label, PotcarGroup)
    if stored is not None:
        check_equal(family.label, {node.full_name: node.sha512 for node in stored.nodes}, family.checksums)
        return
    for name, checksum in family.checksums.items():
        if PotcarData.exists(sha512=checksum) and not PotcarData.exists(sha512=checksum, full_name=name):
            reason = f"this profile has the same file under the name {PotcarData.find_one(sha512=checksum).full_name}"
            raise InputError("--potcars", name, reason, "Give its folder that name.")
