from __future__ import annotations

import numpy as np

from aiida_matal.figures.benchmark import benchmark_figure
from aiida_matal.science.benchmark.summary import summarise
from aiida_matal.science.benchmark.tables import curve_table


def test_errors_and_differences_are_drawn_with_their_bands():
    errors = {"random_systems": [10.0, 9.0], "tree_points": [10.0, 8.0], "tree_systems": [10.0, 9.5]}
    rows = [
        (name, split, iteration, 4 * iteration, error + split, error)
        for name, curve in errors.items()
        for split in (0, 1, 2)
        for iteration, error in enumerate(curve)
    ]
    summary = summarise(curve_table(rows, "kJ/mol"), "random_systems", 1)
    figure = benchmark_figure(summary, "random_systems")
    left, right = figure.axes
    drawn = {line.get_label(): line.get_data() for line in left.lines}
    assert list(drawn) == ["random systems", "tree points", "tree systems"]
    np.testing.assert_array_equal(drawn["tree points"], [[0, 4], [11, 9]])
    differences = {line.get_label(): line.get_ydata() for line in right.lines if line.get_label() in drawn}
    np.testing.assert_array_equal(list(differences.values()), [[0, -1], [0, 0.5]])
    assert (len(left.collections), len(right.collections)) == (3, 2)
    band = left.collections[1].get_paths()[0].vertices[:, 1]
    assert (band.min(), band.max()) == (summary["rmse_low"][3], summary["rmse_high"][2])
    assert left.get_ylabel() == "RMSE (kJ/mol)"
    assert (right.get_title(), right.get_ylabel()) == ("to random systems", "difference in RMSE (kJ/mol)")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == list(drawn)
