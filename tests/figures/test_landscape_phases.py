from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.figures.landscape_phases import (
    composition_potential_figure,
    free_energy_curves_figure,
    phase_diagram_figure,
)
from aiida_matal.figures.style import BLUE, GREEN, VERMILION
from aiida_matal.figures.svg import to_svg
from aiida_matal.science.landscape.labels import LandscapeLabel, failed_label, landscape_labels
from aiida_matal.science.landscape.monte_carlo.sweep import sweep_columns
from aiida_matal.science.landscape.phase_diagram import BOUNDARY_COLUMNS, CURVE_COLUMNS
from aiida_matal.science.table import Table


@pytest.fixture
def make_boundaries():
    """Return a function that gives boundaries: temperature, kind, compositions and phases of each row."""

    def make(*rows):
        names = ("temperature", "kind", "x_low", "x_high", "phase_low", "phase_high")
        columns = BOUNDARY_COLUMNS
        arrays = {name: np.zeros(len(rows)) for name in columns}
        arrays |= {name: np.array([row[place] for row in rows]) for place, name in enumerate(names)}
        return Table(arrays, columns)

    return make


TWO = [
    (300.0, "two phases", 0.1, 0.4, "disordered", "ordered"),
    (300.0, "two phases", 0.6, 0.9, "ordered", "disordered"),
]
ONE = [(400.0, "continuous", 0.3, 0.3, "disordered", "ordered")]


def marked(axes):
    return {
        line.get_color(): line.get_xydata().tolist()
        for line in axes.lines
        if line.get_color() in (BLUE, GREEN, VERMILION)
    }


def test_phase_diagram_marks_ends_by_phase(make_boundaries):
    figure = phase_diagram_figure(make_boundaries(*TWO, *ONE))
    assert marked(figure.axes[0]) == {
        VERMILION: [[0.6, 300], [0.4, 300]],
        BLUE: [[0.1, 300], [0.9, 300]],
        GREEN: [[0.3, 400]],
    }
    ties = [line.get_xydata().tolist() for line in figure.axes[0].lines if line.get_linewidth() == 3]
    assert ties == [[[0.1, 300], [0.4, 300]], [[0.6, 300], [0.9, 300]]]
    assert "<svg" in to_svg(figure)


def test_every_order_has_a_colour_of_its_own(make_boundaries):
    rows = [(300.0, "two phases", 0.1, 0.2, "disordered", "L1_2"), (300.0, "two phases", 0.3, 0.4, "L1_2", "ordered")]
    figure = phase_diagram_figure(make_boundaries(*rows))
    shown = {line.get_label(): line for line in figure.axes[0].lines if not line.get_label().startswith("_")}
    assert list(shown) == ["ordered", "disordered", "L1_2"]
    assert len({line.get_color() for line in shown.values()}) == 3
    assert shown["L1_2"].get_xydata().tolist() == [[0.3, 300], [0.2, 300]]


def test_an_empty_phase_diagram_says_so(make_boundaries):
    figure = phase_diagram_figure(make_boundaries())
    assert [text.get_text() for text in figure.axes[0].texts] == ["one phase at every composition"]


def test_curves_are_shown_less_the_line_through_their_ends(make_boundaries):
    x = np.linspace(0, 1, 5)
    g = 0.001 * np.array([1.0, 1.0, 0.0, 2.0, 3.0])
    arrays = {"temperature": np.full(5, 300.0), "eta_0": x, "g": g, "g_disordered": g + 0.001, "g_hull": g}
    arrays |= {"order": np.zeros(5), "phase": np.full(5, "ordered")}
    boundaries = make_boundaries((300.0, "two phases", 0.0, 0.5, "ordered", "ordered"))
    mu = np.array([-0.002])
    boundaries = boundaries.with_columns({"mu": mu}, {"mu": boundaries.columns["mu"]})
    figure = free_energy_curves_figure(Table(arrays, CURVE_COLUMNS), boundaries)
    disordered, curve, tangent, *_ = figure.axes[0].lines
    np.testing.assert_allclose(curve.get_ydata(), [0, -0.5, -2, -0.5, 0], atol=1e-12)
    np.testing.assert_allclose(disordered.get_ydata(), [1, 0.5, -1, 0.5, 1], atol=1e-12)
    np.testing.assert_allclose(tangent.get_xydata(), [[0, 0], [0.5, -2]], atol=1e-12)
    assert figure.legends[0].get_texts()[0].get_text() == "300 K"


def test_compositions_with_and_without_a_bias():
    columns = sweep_columns(2, "semi_grand_canonical")
    arrays = dict.fromkeys(columns, np.full(2, 0.5)) | {
        "mu": np.array([-0.1, 0.1]),
        "eta_0": np.array([0.2, 0.8]),
        "branch": np.array(["up", "up"]),
        "equilibrated": np.array([True, True]),
        "n_passes": np.array([10, 10]),
    }
    error = np.full(2, 0.01)
    labels = [
        LandscapeLabel("a", np.array([0.5, 0.0]), error, np.array([0.02, 0.0]), error),
        failed_label("b", 2, "no"),
    ]
    figure = composition_potential_figure(Table(arrays, columns), landscape_labels(labels, 2))
    biased, free = figure.axes[0].lines
    assert biased.get_xydata().tolist() == [[0.5, 0.02]]
    assert free.get_xydata().tolist() == [[0.2, -0.1], [0.8, 0.1]]
    assert sorted(text.get_text() for text in figure.legends[0].get_texts()) == ["with bias", "without bias"]
