from __future__ import annotations

import yaml


def test_dry_run_shows_the_names_of_the_potentials(run_command, task_code, vasp_code, potcars, tmp_path):
    potcars(["Al", "Cu"])
    engine = {
        "name": "vasp",
        "code": vasp_code.full_label,
        "potentials": {"family": "potcars-of-tests", "mapping": {"Cu": "Cu_pv"}},
    }
    campaign = {"campaign": "enthalpy", "protocol": "bizot2025", "elements": ["Al", "Cu"], "engine": engine}
    path = tmp_path / "campaign.yaml"
    path.write_text(yaml.safe_dump({**campaign, "worker": task_code.full_label}))
    result = run_command("campaign", "launch", path, "--dry-run")
    shown = yaml.safe_load(result.output.split("Forecast\n")[0])["inputs"]
    assert shown["oracle"]["engine"]["potentials"] == {"Al": "Al", "Cu": "Cu_pv"}
    assert shown["oracle"]["settings"]["liquid"]["n_atoms"] == 100
