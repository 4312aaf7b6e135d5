"""Maps of all binaries of some elements: one square a system, elements in order along both axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.path import Path
from numpy.typing import ArrayLike, NDArray
from scipy.ndimage import label

from aiida_matal.figures.style import NUMBERED, WIDTH, new_figure, styled

#: Smallest and largest width of the place of a system, of the whole map between the two, and around it, in inches.
_SMALLEST, _LARGEST, _MAP, _AROUND = 0.12, 0.35, 5.0, 1.2
#: A map as wide as this, in inches, has room for the legend in its empty half.
_WIDE = 4.0
_LARGEST_SIDE = 0.94
#: Parts of the map below this share of it get no number.
_SMALLEST_PART = 0.0075
_CORNERS = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5], [-0.5, -0.5]])
_CODES = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]

Floats = NDArray[np.float64]
Places = NDArray[np.intp]


def error_map_figure(
    elements: Sequence[str],
    systems: ArrayLike,
    cluster: ArrayLike,
    error: ArrayLike,
    labelled: ArrayLike,
    quantity: str,
) -> Figure:
    """Return the map of binaries whose squares are as wide as the error in the system; the colour is the cluster.

    :param elements: in the order of the axes, shape (e,).
    :param systems: pairs of elements, shape (n, 2).
    :param cluster: number of the cluster of each system, from 0, shape (n,).
    :param error: largest predicted standard deviation in each system, shape (n,); NaN leaves the square out.
    :param labelled: whether the system has a label, shape (n,); it gets a dot.
    :param quantity: what the error is, with its unit.
    """
    across, down = _places(elements, systems)
    numbers, size = np.asarray(cluster, dtype=np.intp), np.asarray(error, dtype=np.float64)
    known = np.isfinite(size)
    largest = float(np.max(size, where=known, initial=0.0))
    mark = np.asarray(labelled, dtype=bool)
    with styled():
        figure, axes = _new_map(elements)
        for number in np.unique(numbers):
            mine = known & (numbers == number)
            side = _LARGEST_SIDE * size[mine] / (largest or 1.0)
            _draw_squares(axes, across[mine], down[mine], side, NUMBERED[number])
        dots = axes.scatter(across[mark], down[mark], s=3, color="black", linewidths=0)
        _write_legend(figure, axes, numbers, {"has a label": dots} if mark.any() else {})
        figure.supxlabel(f"side of a square: {quantity}, widest {largest:.3g}", fontsize=9)
    return figure


def group_map_figure(
    elements: Sequence[str],
    systems: ArrayLike,
    cluster: ArrayLike,
    group: ArrayLike,
    names: Sequence[str],
    title: str,
) -> Figure:
    """Return the map of binaries coloured by cluster, with lines between systems of different groups.

    :param elements: in the order of the axes, shape (e,).
    :param systems: pairs of elements, shape (n, 2).
    :param cluster: number of the cluster of each system, from 0, shape (n,).
    :param group: name of the group of each system, shape (n,).
    :param names: of the groups; each is numbered on the map by its place here, from 1.
    """
    across, down = _places(elements, systems)
    numbers = np.asarray(cluster, dtype=np.intp)
    grid = np.full((len(elements), len(elements)), -1)
    grid[down, across] = [list(names).index(name) for name in np.asarray(group).tolist()]
    with styled():
        figure, axes = _new_map(elements)
        for number in np.unique(numbers):
            mine = numbers == number
            _draw_squares(axes, across[mine], down[mine], np.ones(int(mine.sum())), NUMBERED[number])
        axes.add_collection(LineCollection(_borders(grid), colors="black", linewidths=1.5, capstyle="projecting"))
        for code in np.unique(grid[down, across]).tolist():
            _write_number(axes, grid == code, code + 1)
        _write_legend(figure, axes, numbers, {})
        figure.suptitle(title, fontsize=10)
        groups = ", ".join(f"{number} {name}" for number, name in enumerate(names, start=1))
        figure.supxlabel(groups, fontsize=9)
    return figure


def _new_map(elements: Sequence[str]) -> tuple[Figure, Axes]:
    n = len(elements)
    cell = max(_SMALLEST, min(_LARGEST, _MAP / n))
    side = cell * n + _AROUND
    wide = cell * n >= _WIDE
    figure = new_figure(side, side if wide else WIDTH)
    axes = figure.subplots()
    axes.set_xlim(-0.5, n - 0.5)
    axes.set_ylim(n - 0.5, -0.5)
    axes.set_aspect("equal")
    size = min(9.0, 54 * cell)
    axes.set_xticks(np.arange(n), labels=elements, fontsize=size, rotation=90 if wide else 0)
    axes.set_yticks(np.arange(n), labels=elements, fontsize=size)
    axes.tick_params(length=0, pad=2)
    return figure, axes


def _places(elements: Sequence[str], systems: ArrayLike) -> tuple[Places, Places]:
    """Return column and row of each system, below the diagonal."""
    place = {symbol: number for number, symbol in enumerate(elements)}
    pairs = [sorted((place[first], place[second])) for first, second in np.asarray(systems).tolist()]
    across, down = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    return across, down


def _draw_squares(axes: Axes, x: Places, y: Places, side: Floats, colour: str) -> None:
    """Draw all squares as one path; elements of their own would take several times the space in SVG."""
    centres = np.column_stack([x, y])[:, np.newaxis]
    vertices = (centres + side[:, np.newaxis, np.newaxis] * _CORNERS).reshape(-1, 2)
    path = Path(vertices, np.tile(_CODES, len(x)))
    axes.add_collection(PathCollection([path], facecolors=colour, linewidths=0), autolim=False)


def _borders(grid: Places) -> list[list[tuple[float, float]]]:
    """Return the sides between neighbours whose codes differ; -1 is no system."""
    upright = (grid[:, :-1] != grid[:, 1:]) & (grid[:, :-1] >= 0) & (grid[:, 1:] >= 0)
    level = (grid[:-1] != grid[1:]) & (grid[:-1] >= 0) & (grid[1:] >= 0)
    lines = [[(x + 0.5, y - 0.5), (x + 0.5, y + 0.5)] for y, x in np.argwhere(upright).tolist()]
    return lines + [[(x - 0.5, y + 0.5), (x + 0.5, y + 0.5)] for y, x in np.argwhere(level).tolist()]


def _write_number(axes: Axes, mask: NDArray[np.bool_], number: int) -> None:
    """Write a number into the middle of each connected part of the map that is not too small for it."""
    parts, n_parts = label(mask)
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5}
    for part in range(1, n_parts + 1):
        places = np.argwhere(parts == part)
        if len(places) >= _SMALLEST_PART * mask.size:
            y, x = places.mean(axis=0)
            axes.text(x, y, str(number), ha="center", va="center", bbox=box)


def _write_legend(figure: Figure, axes: Axes, numbers: Places, more: Mapping[str, Artist]) -> None:
    names, counts = np.unique(numbers, return_counts=True)
    handles: dict[str, Artist] = {
        f"cluster {n + 1}: {count} systems": Patch(color=NUMBERED[n]) for n, count in zip(names, counts, strict=True)
    }
    handles |= more
    if figure.get_figwidth() == figure.get_figheight():
        axes.legend(handles.values(), handles.keys(), loc="upper right")
    else:
        figure.legend(handles.values(), handles.keys(), loc="outside right upper")
