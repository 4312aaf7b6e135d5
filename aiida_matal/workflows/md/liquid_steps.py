"""The calcfunctions of a liquid: assess a run, summarise and draw all."""

from __future__ import annotations

from typing import Any

import numpy as np
from aiida.engine import calcfunction
from aiida.orm import Dict, SinglefileData, StructureData, TrajectoryData
from matplotlib.figure import Figure

from aiida_matal.data.table import TableData
from aiida_matal.figures.liquid import liquid_figure
from aiida_matal.figures.svg import to_svg
from aiida_matal.science.mixing.assessment import assess, points_from
from aiida_matal.science.mixing.liquid_state import liquid_state
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.trajectory.frames import Frames


@calcfunction
def assess_run(settings: Dict, structure: StructureData, **nodes: Any) -> dict[str, Any]:
    """Return what to do next, and the structure at the next volume if the volume is to change.

    :param structure: the last state of the run; its fractional coordinates are kept at the next volume.
    :param nodes: ``run_00``, ``run_01``, ... the trajectories at the present volume, and ``previous``, the assessment
        before them, where there is one.
    """
    previous = nodes.pop("previous", None)
    points = points_from(previous.get_dict()) if previous is not None else []
    parsed = LiquidSettings.parse(settings.get_dict(), "settings")
    assessment = assess(joined_frames(nodes), points, parsed)
    outputs: dict[str, Any] = {"assessment": Dict(assessment.as_dict())}
    if assessment.action == "rescale":
        outputs["structure"] = _at_volume(structure, assessment.volume_per_atom)
    return outputs


@calcfunction
def summarise_liquid(settings: Dict, assessment: Dict, **trajectories: TrajectoryData) -> dict[str, Any]:
    """Return the state of the liquid, its partial g(r), its mean square displacement and the figure of all."""
    parsed = LiquidSettings.parse(settings.get_dict(), "settings")
    frames, points = joined_frames(trajectories), points_from(assessment.get_dict())
    result = liquid_state(frames, points, parsed)
    nodes = {"state": Dict(result.state), "rdf": TableData(result.rdf), "msd": TableData(result.msd)}
    return {**nodes, "figure": _svg(liquid_figure(frames, points, parsed, result))}


@calcfunction
def plot_liquid(settings: Dict, **nodes: Any) -> SinglefileData:
    """Return the figure of a liquid that did not end well.

    :param nodes: ``run_00``, ``run_01``, ... the trajectories at one volume, and the last ``assessment`` if there is
        one.
    """
    assessment = nodes.pop("assessment", None)
    points = [] if assessment is None else points_from(assessment.get_dict())
    return _svg(liquid_figure(joined_frames(nodes), points, LiquidSettings.parse(settings.get_dict(), "settings")))


def joined_frames(nodes: dict[str, TrajectoryData]) -> Frames:
    """Return the frames of trajectories that continue one another, in the order of their names."""
    return Frames.join([frames_of(nodes[name]) for name in sorted(nodes)])


def frames_of(trajectory: TrajectoryData) -> Frames:
    """Return the frames of a trajectory node of the MD engine interface."""
    arrays = {
        name: np.asarray(trajectory.get_array(name))
        for name in ("positions", "cells", "energy_potential", "pressure", "pressure_virial", "temperature")
    }
    sample_every = int(trajectory.base.attributes.get("sample_every"))
    interval = sample_every * float(trajectory.base.attributes.get("timestep"))
    return Frames(symbols=tuple(trajectory.symbols), interval=interval, steps_per_frame=sample_every, **arrays)


def _svg(figure: Figure) -> SinglefileData:
    return SinglefileData.from_string(to_svg(figure), filename="liquid.svg")


def _at_volume(structure: StructureData, volume_per_atom: float) -> StructureData:
    atoms = structure.get_ase()
    factor = (volume_per_atom * len(atoms) / atoms.get_volume()) ** (1 / 3)
    atoms.set_cell(atoms.cell * factor, scale_atoms=True)
    return StructureData(ase=atoms)
