"""The figures of binary systems show each of them in its place."""

from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.figures.binary_map import error_map_figure, group_map_figure
from aiida_matal.figures.campaign import extremum_parity_figure
from aiida_matal.figures.clustering import cluster_number_figure
from aiida_matal.figures.extrema import extremum_density_figure, trend_figure
from aiida_matal.figures.feature_elimination import feature_elimination_figure
from aiida_matal.figures.histograms import group_histogram_figure
from aiida_matal.figures.style import BLUE, NUMBERED, VERMILION
from aiida_matal.figures.svg import to_svg, write_figure

ELEMENTS = ["Li", "Ti", "Cu"]
SYSTEMS = [("Cu", "Li"), ("Cu", "Ti"), ("Li", "Ti")]


def squares(collection):
    """Return left, right, lower and upper side of each square of a path."""
    corners = collection.get_paths()[0].vertices.reshape(-1, 5, 2)
    return np.column_stack([corners[:, 0], corners[:, 2]]).round(6).tolist()


def texts(legend):
    return [text.get_text() for text in legend.get_texts()]


def error_map(error=(1.0, 4.0, 2.0)):
    return error_map_figure(ELEMENTS, SYSTEMS, [1, 0, 1], error, [True, False, False], "error (kJ/mol)")


def group_map(names=("TM-TM", "TM-nonTM", "nonTM-nonTM")):
    group = ["TM-nonTM", "TM-TM", "TM-nonTM"]
    return group_map_figure(ELEMENTS, SYSTEMS, [0, 1, 0], group, names, "title")


def trend():
    extremum = {"W": [1.0, np.nan, -3.0, 5.0], "Ir": [0.0, -2.0, -6.0, 1.0]}
    labelled = {"W": [False, False, True, False], "Ir": [False] * 4}
    return trend_figure(["Na", "Mg", "K", "Sc"], extremum, labelled, ["x", "x", "x", "y"], [2, 3])


def parity(new=(False, True, False, False)):
    return extremum_parity_figure([0.0, -10.0, 5.0, 1.0], [1.0, -12.0, np.nan, 2.0], [0, 1, 2], new, "energy", "K")


def test_squares_stand_below_the_diagonal_with_sides_as_the_error():
    axes = error_map().axes[0]
    first, second = axes.collections[:2]
    side = 0.94
    # Cluster 0 has Cu-Ti, the largest error; cluster 1 has Cu-Li and Li-Ti.
    assert squares(first) == [pytest.approx([1 - side / 2, 2 - side / 2, 1 + side / 2, 2 + side / 2])]
    widths = [right - left for left, _, right, _ in squares(second)]
    assert widths == pytest.approx([side / 4, side / 2])
    assert [tick.get_text() for tick in axes.get_yticklabels()] == ELEMENTS
    assert axes.collections[2].get_offsets().tolist() == [[0, 2]]


def test_map_says_the_widest_error_and_the_size_of_each_cluster():
    figure = error_map()
    assert "error (kJ/mol), widest 4" in figure.get_supxlabel()
    assert texts(figure.legends[0]) == ["cluster 1: 1 systems", "cluster 2: 2 systems", "has a label"]


def test_systems_without_an_error_have_no_square():
    axes = error_map([np.nan, 4.0, np.nan]).axes[0]
    assert [len(squares(axes.collections[number])) for number in (0, 1)] == [1, 0]


def test_lines_are_between_different_groups():
    axes = group_map().axes[0]
    # Rows and columns Li, Ti, Cu: Li-Ti above Cu-Li are one group, Cu-Ti right of Cu-Li is another.
    lines = [line.tolist() for line in axes.collections[2].get_segments()]
    assert lines == [[[0.5, 1.5], [0.5, 2.5]]]
    assert sorted(text.get_text() for text in axes.texts) == ["1", "2"]


def test_map_of_all_elements_is_small_enough_for_a_page():
    n = 70
    elements = [f"E{number}" for number in range(n)]
    systems = [(a, b) for place, a in enumerate(elements) for b in elements[place + 1 :]]
    random = np.random.default_rng(1)
    error, mark = random.random(len(systems)), random.random(len(systems)) < 0.2
    figure = error_map_figure(elements, systems, np.arange(len(systems)) % 6, error, mark, "error")
    assert len(to_svg(figure)) < 600_000
    assert len(figure.axes[0].get_legend().get_texts()) == 7


def test_parity_shows_some_and_scores_all():
    figure = parity()
    axes = figure.axes[0]
    assert axes.get_title() == "RMSE 1.41 K, 3 labels"
    diagonal, lower, upper, old, new = axes.lines
    residuals = np.quantile([1.0, -2.0, 1.0], [0.025, 0.975])
    for line, shift in zip((lower, upper), residuals, strict=True):
        np.testing.assert_allclose(line.get_ydata() - diagonal.get_ydata(), shift)
    assert np.column_stack(old.get_data()).tolist() == [[0.0, 1.0]]
    assert (old.get_color(), new.get_color()) == (BLUE, VERMILION)
    assert np.column_stack(new.get_data()).tolist() == [[-10.0, -12.0]]
    assert texts(figure.legends[0]) == [
        "labels to begin with: RMSE 1 K, 2 labels",
        "new labels: RMSE 2 K, 1 labels",
    ]


def test_parity_of_one_kind_of_labels_needs_no_legend():
    assert parity(new=[True] * 4).legends == []


def test_parity_without_predictions_has_no_band():
    figure = extremum_parity_figure([1.0], [np.nan], [0], [False], "energy", "K")
    assert len(figure.axes[0].lines) == 1


def test_density_states_means_and_shift():
    figure = extremum_density_figure([-10.0, -20.0, 0.0], [-9.0, -12.0, 0.0], "Ir")
    axes = figure.axes[0]
    assert axes.get_title() == "Ir: 3 systems, mean shift +3.0 kJ/mol"
    assert texts(figure.legends[0]) == [
        "before: mean \N{MINUS SIGN}10.0 kJ/mol",
        "after: mean \N{MINUS SIGN}7.0 kJ/mol",
    ]
    areas = [sum(bar.get_width() * bar.get_height() for bar in container) for container in axes.containers]
    assert areas == pytest.approx([1.0, 1.0])
    x, density = axes.lines[0].get_data()
    # Scott's bandwidth: the standard deviation over the fifth root of the number.
    width = 10.0 * 3 ** (-1 / 5)
    kernels = np.exp(-((x - np.array([[-10.0], [-20.0], [0.0]])) ** 2) / (2 * width**2)) / (width * np.sqrt(2 * np.pi))
    np.testing.assert_allclose(density, kernels.mean(axis=0))


def test_density_of_equal_extrema_has_a_histogram_only():
    figure = extremum_density_figure([2.0, 2.0], [3.0, 4.0], "Ir")
    assert len([line for line in figure.axes[0].lines if len(line.get_xdata()) > 2]) == 1


def test_trend_breaks_at_gaps_and_circles_labels():
    axes = trend().axes[0]
    lines = [line for line in axes.lines if line.get_marker() == "o" and line.get_linestyle() == "-"]
    assert [line.get_xdata().tolist() for line in lines[:3]] == [[0, 1], [2], [3]]
    circles = [line for line in axes.lines if line.get_markersize() == 8]
    assert [np.column_stack(line.get_data()).tolist() for line in circles] == [[[2, -3.0]], []]
    assert texts(trend().legends[0]) == ["x", "y", "W", "Ir", "has a label"]


def test_histograms_have_a_column_a_group_and_state_means():
    figure = group_histogram_figure({"r": [1.0, 2.0, 4.0]}, ["a", "b", "a"], ["a", "b", "c"])
    assert [axes.get_title() for axes in figure.axes] == ["a, mean 2.50", "b, mean 2.00", "c"]
    assert [sum(bar.get_height() for bar in axes.patches) for axes in figure.axes] == [2, 1, 0]


def test_elimination_has_a_band_of_one_standard_deviation():
    figure = feature_elimination_figure([2, 1], [4.0, 5.0], [0.5, 1.0], 2, "kJ/mol")
    band = figure.axes[0].collections[0].get_paths()[0].vertices
    assert {tuple(point) for point in band.tolist()} >= {(2.0, 3.5), (2.0, 4.5), (1.0, 4.0), (1.0, 6.0)}


FIGURES = {
    "error_map": error_map,
    "group_map": group_map,
    "parity": parity,
    "density": lambda: extremum_density_figure([-10.0, -20.0], [-9.0, -12.0], "Ir"),
    "trend": trend,
    "histograms": lambda: group_histogram_figure({"r": [1.0, 2.0]}, ["a", "b"], ["a", "b"]),
    "elimination": lambda: feature_elimination_figure([2, 1], [4.0, 5.0], [0.5, 1.0], 2, "K"),
    "clusters": lambda: cluster_number_figure([2, 3], [5.0, 4.0], [0.3, 0.2], 3),
}


@pytest.mark.parametrize("name", FIGURES)
def test_equal_figures_give_equal_text(name):
    assert to_svg(FIGURES[name]()) == to_svg(FIGURES[name]())


@pytest.mark.parametrize(("suffix", "start"), [("svg", b"<svg"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_files_are_of_the_kind_that_their_name_says_and_repeatable(tmp_path, suffix, start):
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    for path in (first, second):
        write_figure(parity(), path)
    assert first.read_bytes().startswith(start)
    assert first.read_bytes() == second.read_bytes()


def test_numbered_colours_differ():
    assert len(set(NUMBERED)) == len(NUMBERED) >= 6
