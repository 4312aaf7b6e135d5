from __future__ import annotations

import re

import pytest

from aiida_matal.figures.campaign import decision_figure, learning_curve_figure, parity_figure
from aiida_matal.figures.mixing import mixing_enthalpy_figure
from aiida_matal.figures.svg import to_svg

FIGURES = {
    "learning_curve": lambda: learning_curve_figure([2, 4], [1.0, 2.0], {"cv_rmse": [3.0, 1.0]}, "kJ/mol"),
    "decision": lambda: decision_figure([2.0, 1.0], [True, False], "gp_variance"),
    "parity": lambda: parity_figure([1.0, 2.0], [1.5, 2.5], [0.1, 0.1], "energy", "kJ/mol"),
    "mixing": lambda: mixing_enthalpy_figure(["A-B", "C-D", "E-F"], [0.5] * 3, [-3.0, 2.0, 1.0], [0.1] * 3),
}


@pytest.mark.parametrize("name", FIGURES)
def test_equal_figures_give_equal_text(name):
    figure = FIGURES[name]()
    text = to_svg(figure)
    assert text == to_svg(FIGURES[name]())
    assert text == to_svg(figure)


@pytest.mark.parametrize("name", FIGURES)
def test_text_is_one_element_without_date_or_links(name):
    text = to_svg(FIGURES[name]())
    assert text.startswith("<svg")
    assert text.rstrip().endswith("</svg>")
    assert "date" not in text
    assert not re.findall(r'(?:href|src)="(?!#)|url\((?!#)', text)


def test_dollar_signs_in_data_are_no_mathematics():
    text = to_svg(mixing_enthalpy_figure(["$\\frac{"], [0.5], [1.0], [0.1]))
    assert text.startswith("<svg")
