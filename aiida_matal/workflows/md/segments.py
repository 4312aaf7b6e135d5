"""Segments of one molecular dynamics run, joined."""

from __future__ import annotations

import numpy as np
from aiida import orm
from aiida.engine import calcfunction

from aiida_matal.calculations.md_trajectory import frame_array_names, md_trajectory


@calcfunction
def join_segments(**segments: orm.Data) -> dict[str, orm.Data]:
    """Return the frames of all segments as one trajectory, whose steps and times go on, and the sum of their costs.

    Each segment starts from the final state of the one before, which is no frame there: no frame is repeated.

    :param segments: ``trajectory_00``, ``results_00``, ``trajectory_01``, ...: outputs of each segment, and ``hot_00``,
        ...: results of the jobs of the hot start, whose cost counts and whose steps do not.
    :return: ``trajectory`` and ``summary``.
    """
    trajectories = [segments[name] for name in sorted(segments) if name.startswith("trajectory")]
    results = [segments[name].get_dict() for name in sorted(segments) if name.startswith("results")]
    hot_results = [segments[name].get_dict() for name in sorted(segments) if name.startswith("hot")]

    def joined(name: str) -> np.ndarray:
        return np.concatenate([trajectory.get_array(name) for trajectory in trajectories])

    first = trajectories[0]
    attributes = first.base.attributes
    trajectory = md_trajectory(
        first.symbols,
        joined("cells"),
        joined("positions"),
        {name: joined(name) for name in frame_array_names(first.get_arraynames())},
        timestep=attributes.get("timestep"),
        sample_every=attributes.get("sample_every"),
        engine=attributes.get("engine"),
        energy=attributes.get("energy"),
    )
    summary = {
        "n_frames": trajectory.numsteps,
        "steps_done": sum(result["steps_done"] for result in results),
        "core_hours": sum(result["core_hours"] for result in [*results, *hot_results]),
        "n_segments": len(results),
        "engine": results[-1]["engine"],
        "engine_version": results[-1]["engine_version"],
    }
    return {"trajectory": trajectory, "summary": orm.Dict(summary)}
