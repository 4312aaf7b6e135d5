"""The caching of jobs."""

from __future__ import annotations

from aiida.manage import get_manager

from aiida_matal.cli.local_setup.step import SetupStep

CACHED = "aiida.calculations:matal.*"


def setup_caching() -> SetupStep:
    """Let equal jobs of this plugin be taken from the cache."""
    config, profile = get_manager().get_config(), get_manager().get_profile()
    assert profile is not None  # noqa: S101
    enabled = list(get_manager().get_option("caching.enabled_for"))
    if CACHED in enabled:
        return SetupStep("caching", "found", f"on for {CACHED}")
    config.set_option("caching.enabled_for", [*enabled, CACHED], scope=profile.name)
    config.store()
    return SetupStep("caching", "changed", f"on for {CACHED}; a daemon that runs needs `verdi daemon restart`")
