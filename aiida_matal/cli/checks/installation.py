"""Checks of what is installed and set up: package, computers, caching, disk."""

from __future__ import annotations

import getpass
import shutil
from importlib.metadata import distribution
from pathlib import Path

from aiida.manage import get_manager
from aiida.manage.caching import get_use_cache
from aiida.orm import Computer, QueryBuilder, User

from aiida_matal.cli.checks.finding import Finding

#: Smallest free space, in bytes, of a folder that jobs run in.
MIN_FREE = 10**9
_PACKAGE = "aiida-matal"
_CACHED = "aiida.calculations:matal.train"


def check_package() -> Finding:
    """Check that every entry point of the package loads."""
    package = distribution(_PACKAGE)
    broken = []
    for entry_point in package.entry_points:
        try:
            entry_point.load()
        except Exception as exception:
            broken.append(f"{entry_point.name} ({type(exception).__name__}: {exception})")
    if broken:
        return Finding(
            "package",
            "fail",
            f"entry points do not load: {'; '.join(broken)}",
            "pip install --force-reinstall aiida-matal",
        )
    return Finding("package", "ok", f"{_PACKAGE} {package.version}, {len(package.entry_points)} entry points load")


def check_computers() -> Finding:
    """Check that all computers are configured and enabled."""
    user = User.collection.get_default()
    computers = QueryBuilder().append(Computer).all(flat=True)
    if not computers:
        return Finding("computers", "fail", "there are none", "aiida-matal setup")
    for computer in computers:
        if not computer.is_user_configured(user):
            cure = f"verdi computer configure {computer.transport_type} {computer.label}"
            return Finding("computers", "warn", f"{computer.label} is not configured", cure)
        if not computer.is_user_enabled(user):
            cure = f"verdi computer enable {computer.label}"
            return Finding("computers", "warn", f"{computer.label} is disabled, its jobs wait", cure)
    return Finding("computers", "ok", ", ".join(sorted(computer.label for computer in computers)))


def check_caching() -> Finding:
    """Check that equal jobs are taken from the cache."""
    if get_use_cache(identifier=_CACHED):
        return Finding("caching", "ok", "on for the jobs of this package")
    return Finding("caching", "warn", "off: a repeated campaign runs all its jobs again", "aiida-matal setup")


def check_disk() -> Finding:
    """Check that there is room where jobs run on this computer, and for the profile."""
    computers = QueryBuilder().append(Computer, filters={"transport_type": "core.local"}).all(flat=True)
    folders = [Path(computer.get_workdir().format(username=getpass.getuser())) for computer in computers]
    for folder in [*folders, Path(get_manager().get_config().dirpath)]:
        free = shutil.disk_usage(_existing(folder)).free
        if free < MIN_FREE:
            return Finding("disk", "fail", f"only {free / 1e9:.2f} GB are free in {folder}", "make room there")
    return Finding("disk", "ok", f"more than {MIN_FREE / 1e9:g} GB free where jobs run")


def _existing(folder: Path) -> Path:
    return next(path for path in [folder, *folder.parents] if path.exists())
