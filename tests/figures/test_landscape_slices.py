from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.figures.landscape_slices import slices_figure
from aiida_matal.figures.svg import to_svg
from aiida_matal.science.landscape.slices import Slice

BORDER = np.array([[0.0, 0.0], [0.5, -0.5], [1.0, 0.0], [0.5, 0.5]])


@pytest.fixture
def make_slice():
    """Return a function that gives a slice of a bowl at a height, with a minimum inside or at the border."""

    def make(height=0.0, at_border=False, axes=(0, 1)):
        x, t = np.linspace(0, 1, 21), np.linspace(-0.5, 0.5, 21)
        g = height + (x[:, None] - 0.5) ** 2 + t**2
        g[np.abs(t) > np.minimum(x, 1 - x)[:, None] + 1e-9] = np.nan
        minima = np.array([[0.5, 0.0]])
        return Slice(axes, x, t, g, BORDER, minima, np.array([at_border]))

    return make


def panels(figure):
    return [axes for axes in figure.axes if axes.get_title() and axes.get_visible()]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_panel_for_each_free_energy(make_slice, number):
    figure = slices_figure({f"campaign {place}": make_slice(float(place)) for place in range(number)})
    assert [axes.get_title() for axes in panels(figure)] == [f"campaign {place}" for place in range(number)]
    assert to_svg(figure).startswith("<svg")
    # The lowest panel of each column names the first coordinate, and the first one of each row the second.
    assert panels(figure)[-1].get_xlabel() == "composition η₀"
    assert panels(figure)[0].get_ylabel() == "order parameter η₁"


def test_border_is_closed_and_minima_are_marked_by_kind(make_slice):
    figure = slices_figure({"a": make_slice(), "b": make_slice(at_border=True)})
    for axes, fill in zip(panels(figure), ("full", "none"), strict=True):
        border, minimum = axes.lines
        np.testing.assert_array_equal(border.get_xydata(), [*BORDER, BORDER[0]])
        np.testing.assert_array_equal(minimum.get_xydata(), [[0.5, 0.0]])
        assert minimum.get_fillstyle() == fill
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["minimum", "minimum at the border"]


def test_free_energies_count_from_their_own_lowest_value_in_mev(make_slice):
    figure = slices_figure({"a": make_slice(-3.0), "b": make_slice(5.0)})
    (bar,) = [axes for axes in figure.axes if axes.get_ylabel() == "g above the lowest (meV a site)"]
    low, high = bar.get_ylim()
    assert -20 <= low <= 0
    # 98 % of the values of the bowl are below 0.25 eV.
    assert 200 < high <= 280


def test_a_flat_free_energy_can_be_drawn(make_slice):
    flat = make_slice()
    values = np.where(np.isfinite(flat.g), 1.0, np.nan)
    none = np.zeros((0, 2)), np.zeros(0, dtype=bool)
    figure = slices_figure({"flat": Slice(flat.axes, flat.first, flat.second, values, BORDER, *none)})
    assert to_svg(figure).startswith("<svg")
    assert not figure.legends
