"""Labels from files, in the graph."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from typing import Any

from aiida.engine import calcfunction
from aiida.orm import Dict, FolderData, SinglefileData

from aiida_matal import __version__
from aiida_matal.data.table import TableData
from aiida_matal.science.calphad.importing import complete_settings, read_labels


@calcfunction
def import_labels(source: SinglefileData | FolderData, settings: Dict) -> dict[str, TableData]:
    """Return the labels that a file, or the files of a folder, hold, and what did not become a label.

    :return: ``dataset``, whose ``source`` names the files, the sha256 of each and the version of this package; and,
        where something was refused, ``refused``: place, column, value and reason.
    """
    files = _files(source)
    imported = read_labels(files, settings.get_dict())
    dataset = TableData(imported.dataset, role="dataset")
    systems = set(imported.dataset["system"].tolist())
    dataset.label = source.label
    dataset.description = f"{len(dataset)} labels of {len(systems)} systems from {source.label}"
    dataset.source = {
        "description": source.label,
        "extras": {
            "files": [{"name": file, "sha256": sha256(content).hexdigest()} for file, content in files.items()],
            "importer": f"aiida-matal {__version__}",
            "notes": list(imported.notes),
        },
    }
    refused = {"refused": TableData(imported.refused)} if len(imported.refused) else {}
    return {"dataset": dataset, **refused}


def store_labels(name: str, files: Mapping[str, bytes], settings: Mapping[str, Any]) -> TableData:
    """Return the stored dataset of the labels that files hold.

    :param name: of the file or folder; it becomes the label of the nodes.
    :param files: content of each file by its name.
    :param settings: those of :func:`~aiida_matal.science.calphad.importing.read_labels`.
    :raises InputError: as ``read_labels`` does, before anything is stored.
    """
    complete = complete_settings(settings)
    read_labels(files, complete)
    node = _single(files) if len(files) == 1 else _folder(files)
    node.label = name
    outputs = import_labels(node, Dict(complete), metadata={"call_link_label": "import_labels", "label": name})
    return outputs["dataset"]


def _single(files: Mapping[str, bytes]) -> SinglefileData:
    ((name, content),) = files.items()
    return SinglefileData(BytesIO(content), filename=name)


def _folder(files: Mapping[str, bytes]) -> FolderData:
    node = FolderData()
    for name, content in files.items():
        node.base.repository.put_object_from_filelike(BytesIO(content), name)
    return node


def _files(source: SinglefileData | FolderData) -> dict[str, bytes]:
    names = [str(root / name) for root, _, found in source.base.repository.walk() for name in found]
    return {name: source.base.repository.get_object_content(name, mode="rb") for name in sorted(names)}
