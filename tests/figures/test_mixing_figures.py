from __future__ import annotations

import numpy as np

from aiida_matal.figures.mixing import mixing_enthalpy_figure


def test_each_system_with_labels_has_a_panel():
    system = ["Cu-Ni", "Ag-Au", "Cu-Ni", "Fe-Ti"]
    figure = mixing_enthalpy_figure(system, [0.5, 0.5, 0.25, 0.5], [1.0, -4.0, 2.0, np.nan], [0.1, 0.2, 0.1, np.nan])
    assert [axes.get_title() for axes in figure.axes] == ["Ag-Au", "Cu-Ni"]


def test_panels_share_the_scale_of_the_enthalpy():
    figure = mixing_enthalpy_figure(["A-B", "C-D"], [0.5, 0.5], [-50.0, 2.0], [1.0, 1.0])
    first, second = figure.axes
    assert first.get_ylim() == second.get_ylim()


def test_no_labels_leave_no_panel():
    figure = mixing_enthalpy_figure(["A-B"], [0.5], [np.nan], [np.nan])
    assert not any(axes.axison for axes in figure.axes)
