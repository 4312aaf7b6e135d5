from __future__ import annotations

import numpy as np

from aiida_matal.figures.landscape_errors import error_by_round_figure, error_table_figure, points_by_criterion_figure
from aiida_matal.figures.svg import to_svg

NAN = np.nan


def test_errors_by_round_skip_rounds_without_a_model():
    training = {"walk": np.array([NAN, 10.0, 1.0]), "high error": np.array([NAN, 8.0, 0.5])}
    test = {"walk": np.array([NAN, 12.0, 2.0]), "high error": np.array([NAN, NAN, NAN])}
    figure = error_by_round_figure(training, test)
    left, right = figure.axes
    assert [line.get_xydata().tolist() for line in left.lines] == [[[1, 10], [2, 1]], [[1, 8], [2, 0.5]]]
    assert [line.get_xydata().tolist() for line in right.lines] == [[[1, 12], [2, 2]], []]
    assert left.get_yscale() == right.get_yscale() == "log"
    assert [axes.get_title() for axes in figure.axes] == ["final training set", "test set"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["walk", "high error"]
    assert to_svg(figure) == to_svg(error_by_round_figure(training, test))


def test_without_a_test_set_the_figure_says_so():
    figure = error_by_round_figure({"walk": np.array([1.0])}, {"walk": np.array([NAN])})
    assert [text.get_text() for text in figure.axes[1].texts] == ["no error known"]
    assert not figure.axes[0].texts


def test_table_has_a_cell_for_each_campaign_and_region():
    values = np.array([[0.0023, 1.096], [NAN, 0.0101], [0.0, 4.0]])
    figure = error_table_figure(values, ["a", "b", "c"], ["training", "test"])
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.texts] == ["2.3e-3", "1.1", "-", "0.01", "0", "4"]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["training", "test"]
    assert axes.yaxis_inverted()
    assert "<svg" in to_svg(figure)


def test_a_table_of_one_number_can_be_drawn():
    assert "<svg" in to_svg(error_table_figure([[1.5]], ["a"], ["training"]))
    assert "<svg" in to_svg(error_table_figure([[NAN]], ["a"], ["training"]))


def test_bars_are_stacked_in_the_order_of_criteria():
    figure = points_by_criterion_figure({"billiard_walk": [40, 40], "high_error": [0, 10]})
    axes = figure.axes[0]
    assert [patch.get_height() for patch in axes.patches] == [40, 40, 0, 10]
    assert [patch.get_y() for patch in axes.patches] == [0, 0, 40, 40]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["high error", "billiard walk"]
    assert "<svg" in to_svg(figure)
