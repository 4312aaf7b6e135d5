"""Figures as text."""

from __future__ import annotations

import io

import matplotlib as mpl
from matplotlib.figure import Figure

_NO_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


def to_svg(figure: Figure) -> str:
    """Return the figure as an SVG element that can be put into an HTML page.

    Equal figures give equal text: there is no date in it, and identifiers are hashed with a fixed salt.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")  # laying out once more would move things a little
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": "aiida-matal", "svg.fonttype": "path"}):
        figure.savefig(buffer, format="svg", metadata=_NO_METADATA)
    text = buffer.getvalue()
    return text[text.index("<svg") :]
