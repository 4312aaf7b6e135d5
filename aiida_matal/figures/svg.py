"""Figures as text and as files."""

from __future__ import annotations

import io
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

_DPI = 200
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


def write_figure(figure: Figure, path: Path) -> None:
    """Write the figure to a file; the end of the name says whether as SVG, PNG or PDF. There is no date in it."""
    if path.suffix == ".svg":
        path.write_text(to_svg(figure), encoding="utf-8")
    else:
        figure.savefig(path, dpi=_DPI, metadata={"CreationDate": None} if path.suffix == ".pdf" else None)
