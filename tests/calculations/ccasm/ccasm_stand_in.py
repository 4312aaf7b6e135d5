"""A stand-in for ``ccasm monte`` of CASM 1.x, of which no installation is here: its files, and a free energy instead.

A primitive cell has two sites with g = sum_j STIFFNESS[j] eta_j^2 / 2 each, and component 1 + j of the order parameter
is SCALE[j] eta_j; where the gradient of g and of the bias cancel, the averages are. ``.casm/behaviour.json`` of the
project says what to do else: stop after some points, leave some unconverged, write another text.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

SITES, SCALE, STIFFNESS = 2, [8.0, -8.0, 4.0], [0.5, -0.02, 0.01]


def main() -> int:
    if not Path(".casm").is_dir() or sys.argv[1:3] != ["monte", "-s"]:
        print("No casm project found")
        return 3
    behaviour = json.loads(Path(".casm/behaviour.json").read_text())
    settings = json.loads(Path(sys.argv[3]).read_text())
    if "text" in behaviour:
        Path("results.json").write_text(behaviour["text"])
        return 0
    conditions = settings["driver"]["custom_conditions"][: behaviour.get("stop_after")]
    precision = settings["data"]["measurements"][-1]["precision"]
    results: dict[str, list] = {}
    for number, condition in enumerate(conditions):
        converged = number not in behaviour.get("unconverged", [])
        equilibrated = number not in behaviour.get("drifting", [])
        row = {
            "is_equilibrated": equilibrated,
            "N_equil_samples": 100,
            "is_converged": converged and equilibrated,
            "N_avg_samples": settings["data"]["min_pass" if converged else "max_pass"] - 100,
            "T": condition["temperature"],
        }
        for component, average in enumerate(averages(condition)):
            name = f"<order_parameter({component})>"
            row[name] = average if equilibrated else "unknown"
            row[f"prec({name})"] = (0.5 if converged else 3.0) * precision
        for name, value in row.items():
            results.setdefault(name, []).append(value)
        print(f"run time: {36 * (number + 1)}.0 (s),  0.01 (s/pass),  1e-06(s/step)")
    Path("results.json").write_text(json.dumps(results))
    return 0


def averages(condition: dict) -> list[float]:
    target, vector = condition["order_parameter_quad_pot_target"], condition["order_parameter_quad_pot_vector"]
    found = [0.0] * len(target)
    for component, (scale, stiffness) in enumerate(zip(SCALE, STIFFNESS, strict=True), start=1):
        bias = 2 * vector[component]
        found[component] = bias * target[component] / (SITES * stiffness / scale**2 + bias)
    return found


if __name__ == "__main__":
    sys.exit(main())
