"""A profile that needs no services: SQLite and the built-in broker."""

from __future__ import annotations

from pathlib import Path

from aiida.manage.configuration import create_profile, get_config, load_profile


def load_local_profile(name: str) -> bool:
    """Load a profile of the current configuration folder (``AIIDA_PATH``); make it if it does not exist.

    :return: whether it was made.
    """
    config = get_config(create=True)
    is_new = name not in config.profile_names
    if is_new:
        create_profile(
            config,
            name=name,
            email=f"{name}@localhost",
            storage_backend="core.sqlite_dos",
            storage_config={"filepath": str(Path(config.dirpath) / "repository" / name)},
            broker_backend="core.zeromq",
            broker_config={},
        )
        config.set_default_profile(name, overwrite=True)
        config.set_option("runner.poll.interval", 1, scope=name)
        config.set_option("daemon.timeout", 20, scope=name)
        config.store()
    load_profile(name)
    return is_new
