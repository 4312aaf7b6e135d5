"""The look shared by all figures: colours, fonts, bare axes."""

from __future__ import annotations

from contextlib import AbstractContextManager

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Colour-blind-safe colours (M. Okabe and K. Ito, "Color Universal Design", 2008).
BLUE, ORANGE, VERMILION, GREY = "#0072B2", "#E69F00", "#D55E00", "#7F7F7F"
GREEN, PURPLE, YELLOW, SKY = "#009E73", "#CC79A7", "#F0E442", "#56B4E9"
#: Colours of things that have a number, in its order.
NUMBERED = (ORANGE, BLUE, GREEN, VERMILION, PURPLE, YELLOW, SKY, GREY)
#: Width of a figure in inches; at 600 px its text stays readable.
WIDTH = 6.25

_SETTINGS = {
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.labelsize": 10,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.8,
    "lines.linewidth": 1.5,
    "lines.markersize": 5,
    "text.parse_math": False,
}


def styled() -> AbstractContextManager[None]:
    """Return a context in which figures get the shared look."""
    return mpl.rc_context(_SETTINGS)


def new_figure(height: float, width: float = WIDTH) -> Figure:
    """Return an empty figure that needs no screen.

    :param height: in inches; likewise ``width``.
    """
    return Figure(figsize=(width, height), layout="constrained")


def label_axes(axes: Axes, x: str, y: str) -> None:
    """Label both axes."""
    axes.set_xlabel(x)
    axes.set_ylabel(y)


def with_unit(quantity: str, unit: str) -> str:
    """Return the label of an axis: the quantity, and its unit if it has one."""
    words = quantity.replace("_", " ")
    return words if unit in ("", "1") else f"{words} ({unit})"
