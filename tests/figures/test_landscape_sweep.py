"""The figure of a sweep shows every branch of every path, and what was not in equilibrium."""

from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.figures.landscape_sweep import sweep_figure
from aiida_matal.figures.style import BLUE, GREEN
from aiida_matal.figures.svg import to_svg
from aiida_matal.science.landscape.monte_carlo.sweep import sweep_columns
from aiida_matal.science.table import Table


@pytest.fixture
def averages():
    """Return a function that gives a made-up table of a sweep: conditions of each row, and the ensemble."""

    def make(ensemble, **conditions):
        n = len(conditions["branch"])
        columns = sweep_columns(2, ensemble)
        values = np.arange(n) / 100
        arrays = dict.fromkeys(columns, np.full(n, 0.5)) | {
            "eta_0": values,
            "order": 2 * values,
            "energy": 3 * values,
            "equilibrated": np.full(n, True),
            "n_passes": np.full(n, 100),
        }
        return Table({**arrays, **{name: np.array(array) for name, array in conditions.items()}}, columns)

    return make


def lines(axes):
    """Return x, y and style of the lines with points of a panel."""
    return [
        (line.get_xdata().tolist(), line.get_ydata().tolist(), line.get_linestyle(), line.get_color())
        for line in axes.lines
        if line.get_marker() == "o"
    ]


def names(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_branches_of_a_sweep_of_mu_are_drawn_over_mu(averages):
    table = averages(
        "semi_grand_canonical",
        temperature=[300.0] * 5,
        mu=[-0.1, 0.0, 0.1, 0.0, -0.1],
        branch=["up"] * 3 + ["down"] * 2,
    )
    figure = sweep_figure(table)
    composition, order = figure.axes
    assert lines(composition) == [
        ([-0.1, 0.0, 0.1], [0.0, 0.01, 0.02], "-", BLUE),
        ([-0.1, 0.0], [0.04, 0.03], "--", BLUE),
    ]
    assert [y for _, y, *_ in lines(order)] == [[0.0, 0.02, 0.04], [0.08, 0.06]]
    assert composition.get_xlabel() == "chemical potential (eV)"
    assert [axes.get_ylabel() for axes in figure.axes] == ["composition", "largest order parameter"]
    assert names(figure) == ["up", "down"]
    assert to_svg(figure) == to_svg(sweep_figure(table))


def test_paths_along_the_temperature_have_a_colour_for_each_potential(averages):
    table = averages(
        "semi_grand_canonical",
        temperature=[250.0, 400.0, 250.0, 400.0],
        mu=[0.0, 0.0, 0.1, 0.1],
        branch=["heating"] * 4,
    )
    figure = sweep_figure(table)
    assert [(x, colour) for x, _, _, colour in lines(figure.axes[0])] == [
        ([250.0, 400.0], BLUE),
        ([250.0, 400.0], GREEN),
    ]
    assert figure.axes[0].get_xlabel() == "temperature (K)"
    assert names(figure) == ["heating", "0 eV", "0.1 eV"]


def test_canonical_sweep_shows_the_energy_over_the_composition(averages):
    table = averages("canonical", temperature=[300.0] * 2, wanted_eta_0=[0.4, 0.5], branch=["up"] * 2)
    energy, order = sweep_figure(table).axes
    assert (energy.get_xlabel(), energy.get_ylabel()) == ("composition", "energy a site (eV)")
    assert lines(energy)[0][1] == [0.0, 0.03]
    assert lines(order)[0][1] == [0.0, 0.02]


def test_conditions_that_drifted_are_crossed_out(averages):
    table = averages(
        "semi_grand_canonical",
        temperature=[300.0] * 3,
        mu=[0.0, 0.1, 0.2],
        branch=["up"] * 3,
        equilibrated=[True, False, True],
    )
    figure = sweep_figure(table)
    for axes in figure.axes:
        crosses = [line.get_xdata().tolist() for line in axes.lines if line.get_marker() == "x"]
        assert crosses == [[0.1]]
    assert names(figure)[-1] == "not in equilibrium"
