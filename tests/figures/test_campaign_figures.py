"""Figures show the data they are given, and nothing that is not there."""

from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.figures.campaign import decision_figure, learning_curve_figure, parity_figure


def points(line):
    return np.column_stack(line.get_data())


def test_learning_curve_draws_known_errors_against_labels_and_cost():
    errors = {"cv_rmse": [np.nan, 4.0, 2.0], "test_rmse": [np.nan] * 3}
    figure = learning_curve_figure([0, 5, 9], [0.0, 1.5, 3.0], errors, "kJ/mol")
    left, right = figure.axes
    assert [len(axes.lines) for axes in (left, right)] == [1, 1]
    np.testing.assert_array_equal(points(left.lines[0]), [[5, 4.0], [9, 2.0]])
    np.testing.assert_array_equal(points(right.lines[0]), [[1.5, 4.0], [3.0, 2.0]])
    assert left.get_ylabel() == "error of the model (kJ/mol)"
    assert right.get_xlabel() == "cost of the labels (core-hours)"


def test_learning_curve_without_errors_says_so():
    figure = learning_curve_figure([0], [0.0], {"cv_rmse": [np.nan]}, "K")
    assert [text.get_text() for text in figure.axes[0].texts] == ["no error known yet"]


def test_decision_marks_the_chosen_at_their_ranks():
    figure = decision_figure([9.0, 4.0, 1.0], [True, False, True], "gp_variance")
    rest, chosen = figure.axes[0].lines
    np.testing.assert_array_equal(points(chosen), [[0, 9.0], [2, 1.0]])
    np.testing.assert_array_equal(points(rest), [[1, 4.0]])


@pytest.mark.parametrize("error", [None, [np.nan] * 3, [0.1, np.nan, 0.2]])
def test_parity_gives_the_rmse_of_the_pairs_that_are_complete(error):
    figure = parity_figure([0.0, 3.0, 5.0], [3.0, np.nan, 1.0], error, "energy", "kJ/mol")
    assert figure.axes[0].get_title() == "RMSE 3.54 kJ/mol, 2 labels"


def test_parity_axes_have_equal_limits():
    axes = parity_figure([0.0, 10.0], [-20.0, 4.0], None, "energy", "1").axes[0]
    assert axes.get_xlim() == axes.get_ylim()
    assert axes.get_xlabel() == "observed energy"


def test_parity_without_predictions_says_so():
    assert parity_figure([1.0], [np.nan], None, "energy", "1").axes[0].get_title() == "no predictions yet"
