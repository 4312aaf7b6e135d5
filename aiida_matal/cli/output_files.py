"""Checks of the places that commands write to."""

from __future__ import annotations

from pathlib import Path

from aiida_matal.science.errors import InputError


def check_output_file(path: Path, force: bool) -> None:
    """Check that a file can be written.

    :param force: whether a file that exists may be overwritten.
    :raises InputError: if it exists, or its folder does not.
    """
    if path.is_dir():
        raise InputError("--output", str(path), "it is a folder", "Give the name of a file.")
    if path.exists() and not force:
        raise InputError("--output", str(path), "the file exists", "Give another name, or --force to overwrite it.")
    if not path.absolute().parent.is_dir():
        raise InputError("--output", str(path), "its folder does not exist", "Make the folder first.")


def check_same_content(path: Path, text: str) -> None:
    """Check that writing a file loses nothing.

    :raises InputError: if the file exists and holds something else.
    """
    if path.exists() and not (path.is_file() and path.read_bytes() == text.encode()):
        raise InputError("--output", str(path), "it exists and holds something else", "Give another folder.")


def check_new_folder(path: Path) -> None:
    """Check that a folder can be filled.

    :raises InputError: if it exists and is not empty.
    """
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise InputError("FOLDER", str(path), "it exists and is not empty", "Give the name of a new folder.")
