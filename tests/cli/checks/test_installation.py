from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from aiida.orm import InstalledCode, User

from aiida_matal.cli.checks import installation


@pytest.fixture
def code(aiida_profile_clean, aiida_computer_local, tmp_path):
    """A code of this computer whose executable is there."""
    path = tmp_path / "tool"
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)
    return InstalledCode(label="tool", computer=aiida_computer_local(), filepath_executable=str(path)).store()


def test_package_that_is_installed_loads():
    finding = installation.check_package()
    assert finding.outcome == "ok", finding.message


def test_entry_point_that_does_not_load_fails(monkeypatch):
    class Broken:
        version = "0"
        entry_points = [EntryPoint("matal.x", "aiida_matal.nothing:X", "aiida.data")]

    monkeypatch.setattr(installation, "distribution", lambda name: Broken)
    finding = installation.check_package()
    assert finding.outcome == "fail"
    assert "matal.x (ModuleNotFoundError" in finding.message


def test_profile_without_computers_fails(aiida_profile_clean):
    assert installation.check_computers().outcome == "fail"


def test_disabled_computer_is_warned_of(code):
    assert installation.check_computers().outcome == "ok"
    code.computer.get_authinfo(User.collection.get_default()).enabled = False
    finding = installation.check_computers()
    assert (finding.outcome, finding.cure) == ("warn", f"verdi computer enable {code.computer.label}")


def test_computer_that_is_not_configured_is_warned_of(aiida_profile_clean, aiida_computer_local):
    aiida_computer_local(configure=False)
    finding = installation.check_computers()
    assert (finding.outcome, "verdi computer configure core.local" in finding.cure) == ("warn", True)


def test_caching_that_is_off_is_warned_of(aiida_profile, aiida_config):
    assert installation.check_caching().outcome == "warn"
    aiida_config.set_option("caching.enabled_for", ["aiida.calculations:matal.*"], scope=aiida_profile.name)
    try:
        assert installation.check_caching().outcome == "ok"
    finally:
        aiida_config.unset_option("caching.enabled_for", scope=aiida_profile.name)


def test_full_disk_fails(code, monkeypatch):
    assert installation.check_disk().outcome == "ok"
    monkeypatch.setattr(installation, "MIN_FREE", 10**18)
    finding = installation.check_disk()
    assert (finding.outcome, finding.message.startswith("only")) == ("fail", True)
