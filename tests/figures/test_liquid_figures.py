"""The figure of a liquid shows the runs, and is made of whatever there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure

from aiida_matal.figures.liquid import (
    MAX_POINTS,
    N_BLOCKS,
    draw_energy,
    draw_msd,
    draw_rdf,
    draw_volumes,
    liquid_figure,
)
from aiida_matal.figures.svg import to_svg
from aiida_matal.science.mixing.liquid_state import liquid_state
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.science.mixing.volume import PressureFit
from aiida_matal.science.mixing.zero_pressure import run_point
from aiida_matal.science.table import Column, Table
from aiida_matal.science.trajectory.frames import Frames
from aiida_matal.science.trajectory.statistics import estimate_mean

SETTINGS = LiquidSettings(n_atoms=32, production_steps=400, volume_steps=400)
N_FRAMES = 700
PER_FRAME = ("positions", "cells", "energy_potential", "pressure", "pressure_virial", "temperature")


@pytest.fixture
def axes():
    return Figure().subplots()


@pytest.fixture(scope="module")
def frames():
    """16 Ag and 16 Cu atoms that walk at random, 10 fs from frame to frame."""
    random = np.random.default_rng(2)
    return Frames(
        symbols=("Ag",) * 16 + ("Cu",) * 16,
        positions=np.cumsum(random.normal(0, 0.15, (N_FRAMES, 32, 3)), axis=0) + random.uniform(0, 8, (32, 3)),
        cells=np.tile(np.eye(3) * 8.0, (N_FRAMES, 1, 1)),
        energy_potential=random.normal(-96.0, 0.5, N_FRAMES),
        pressure=random.normal(1.0, 5.0, N_FRAMES),
        pressure_virial=random.normal(-30.0, 5.0, N_FRAMES),
        temperature=random.normal(1500.0, 30.0, N_FRAMES),
        interval=10.0,
        steps_per_frame=5,
    )


@pytest.fixture(scope="module")
def points(frames):
    denser = replace(run_point(frames, "total"), volume_per_atom=15.0, pressure=30.0)
    return [denser, run_point(frames, "total")]


def first(frames, n, **changes):
    return replace(frames, **{**{name: getattr(frames, name)[:n] for name in PER_FRAME}, **changes})


def test_series_are_drawn_by_block_means_with_the_mean_after_equilibration(axes):
    energy = np.random.default_rng(3).normal(-3.0, 0.01, 5000)
    energy[:500] += np.linspace(0.5, 0, 500)
    time = np.arange(5000) / 100
    draw_energy(axes, time, energy)
    series, start, blocks, mean = axes.lines
    expected = estimate_mean(energy)
    assert len(series.get_xdata()) == MAX_POINTS
    assert series.get_ydata()[0] == pytest.approx(energy[:16].mean())
    assert start.get_xdata()[0] == time[expected.start] > 3.0
    assert len(blocks.get_xdata()) == N_BLOCKS
    assert blocks.get_ydata().mean() == pytest.approx(expected.mean, abs=1e-4)
    assert list(mean.get_ydata()) == [expected.mean] * 2
    assert axes.collections[0].get_paths()[0].get_extents().height == pytest.approx(2 * expected.error)


def test_volumes_lie_on_their_line(axes, points):
    draw_volumes(axes, points, PressureFit(16.0, 400.0, 50.0), 2.0)
    volume, pressure = axes.lines[0].get_data()
    np.testing.assert_allclose(pressure, -400.0 * np.log(volume / 16.0))
    assert volume.min() < 15.0 < 16.0 < volume.max()
    drawn = [container.lines[0].get_data() for container in axes.containers]
    assert [(x[0], y[0]) for x, y in drawn] == [(point.volume_per_atom, point.pressure) for point in points]
    assert axes.get_title() == "V0 = 16.000 Å³, B = 400 kbar"


def test_no_volume_is_told(axes):
    draw_volumes(axes, [], None, 2.0)
    assert [text.get_text() for text in axes.texts] == ["no run has ended yet"]


def test_partial_functions_are_drawn_of_alloys_only(frames, points):
    result = liquid_state(frames, points, SETTINGS)
    pure = Table({name: result.rdf[name] for name in ("r", "g", "g_Ag_Ag")}, dict.fromkeys(("r", "g", "g_Ag_Ag"), ANY))
    labels = []
    for rdf in (result.rdf, pure):
        axes = Figure().subplots()
        draw_rdf(axes, rdf)
        labels.append([text.get_text() for text in axes.get_legend().get_texts()])
    assert labels == [["all", "Ag-Ag", "Ag-Cu", "Cu-Cu"], ["all"]]


def test_diffusion_is_that_of_the_second_half(axes):
    time = np.arange(1000) * 10.0
    msd = Table({"time": time, "msd_Ag": 6 * 5e-4 * time}, {"time": Column("t", "fs"), "msd_Ag": ANY})
    draw_msd(axes, msd)
    assert axes.get_legend().get_texts()[0].get_text() == "Ag: D = 5e-09 m²/s, ~ t^1.00"
    curve, line = axes.lines
    assert len(curve.get_xdata()) == MAX_POINTS
    np.testing.assert_allclose(line.get_data(), [[5.0, 9.99], [15.0, 29.97]])


def test_figure_of_a_liquid_has_all_panels_and_is_small(frames, points):
    figure = liquid_figure(frames, points, SETTINGS, liquid_state(frames, points, SETTINGS))
    assert len(figure.axes) == 6
    numbers = [text.get_text() for text in figure.axes[-1].texts]
    assert numbers[numbers.index("volumes tried") + 1] == "2"
    assert numbers[numbers.index("steps in all") + 1] == "7000"
    assert figure.get_suptitle() == "Ag16 Cu16 at 16.000 Å³/atom"
    text = to_svg(figure)
    assert len(text) < 150_000
    again = liquid_figure(frames, points, SETTINGS, liquid_state(frames, points, SETTINGS))
    assert to_svg(again) == text


def test_pressure_is_of_the_kind_that_the_settings_name(frames, points):
    for kind, mean in (("total", 1.0), ("virial", -30.0)):
        figure = liquid_figure(frames, points, SETTINGS.model_copy(update={"pressure_kind": kind}))
        assert np.mean(figure.axes[1].lines[0].get_ydata()) == pytest.approx(mean, abs=1.0)


@pytest.mark.parametrize(
    "changes",
    [{"n": 1}, {"n": 5}, {"n": 50, "energy_potential": np.full(50, np.nan)}, {"n": 50, "pressure": np.full(50, 1e300)}],
    ids=["one frame", "few frames", "no numbers", "flown apart"],
)
@pytest.mark.filterwarnings("error")
def test_liquid_that_failed_has_a_figure_of_what_there_is(frames, changes):
    figure = liquid_figure(first(frames, **changes), [], SETTINGS)
    assert len(figure.axes) == 4
    assert to_svg(figure).startswith("<svg")


ANY = Column("any", "1")
