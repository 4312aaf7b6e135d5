"""A profile that needs no services: SQLite and the built-in broker."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from aiida.manage.configuration import create_profile, get_config, load_profile


def load_local_profile(name: str) -> bool:
    """Load a profile of the current configuration folder (``AIIDA_PATH``); make it if it does not exist.

    :return: whether it was made.
    """
    config = get_config(create=True)
    is_new = name not in config.profile_names
    if is_new:
        storage = Path(config.dirpath) / "repository" / name
        create_profile(
            config,
            name=name,
            email=f"{name}@localhost",
            storage_backend="core.sqlite_dos",
            storage_config={"filepath": str(storage)},
            broker_backend="core.zeromq",
            broker_config={},
        )
        config.set_default_profile(name, overwrite=True)
        config.set_option("runner.poll.interval", 1, scope=name)
        config.set_option("daemon.timeout", 20, scope=name)
        config.store()
        _use_write_ahead_log(storage / "database.sqlite")
    load_profile(name)
    return is_new


def _use_write_ahead_log(database: Path) -> None:
    """Let SQLite append to a log rather than rewrite its journal for each of AiiDA's many small commits."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
