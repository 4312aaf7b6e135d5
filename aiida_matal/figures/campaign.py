"""Figures of any campaign: learning curve, decision, parity."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from aiida_matal.figures.style import BLUE, GREEN, GREY, ORANGE, VERMILION, label_axes, new_figure, styled, with_unit

_ERROR_STYLES = {
    "test_rmse": ("test set, RMSE", BLUE, "o", "-"),
    "cv_rmse": ("cross-validation, RMSE", ORANGE, "s", "-"),
    "cv_mae": ("cross-validation, MAE", GREY, "^", "--"),
    "validation_rmse": ("points held back, RMSE", GREEN, "v", ":"),
}


def learning_curve_figure(
    n_labels: ArrayLike, core_hours: ArrayLike, errors: Mapping[str, ArrayLike], unit: str
) -> Figure:
    """Return the error of the model against labels and against core-hours.

    :param n_labels: labels at each training, shape (n,).
    :param core_hours: what they cost, shape (n,), in core-hours.
    :param errors: ``test_rmse``, ``cv_rmse``, ``cv_mae`` or ``validation_rmse``, each of shape (n,), NaN where unknown;
        those that are nowhere known are left out.
    :param unit: of the errors.
    """
    known = {name: np.asarray(values, dtype=float) for name, values in errors.items()}
    known = {name: values for name, values in known.items() if np.isfinite(values).any()}
    with styled():
        figure = new_figure(2.9)
        left, right = figure.subplots(1, 2, sharey=True)
        for axes, x in ((left, n_labels), (right, core_hours)):
            for name, values in known.items():
                _draw_error(axes, np.asarray(x, dtype=float), values, name)
            axes.set_xlim(0, _end_of_axis(x))
            axes.set_ylim(0, _end_of_axis(list(known.values())))
        label_axes(left, "labels", with_unit("error of the model", unit))
        right.set_xlabel("cost of the labels (core-hours)")
        left.xaxis.set_major_locator(MaxNLocator(6, integer=True))
        right.xaxis.set_major_locator(MaxNLocator(4))
        if known:
            handles, names = left.get_legend_handles_labels()
            figure.legend(handles, names, loc="outside upper center", ncols=len(names))
        else:
            left.text(0.5, 0.5, "no error known yet", transform=left.transAxes, ha="center", color=GREY)
    return figure


def _end_of_axis(values: ArrayLike) -> float:
    """Return the end of an axis from zero that leaves room for the marker of the largest value; 1 if there is none."""
    numbers = np.asarray(values, dtype=float)
    return 1.08 * float(np.max(numbers, where=np.isfinite(numbers), initial=0.0)) or 1.0


def decision_figure(scores: ArrayLike, chosen: ArrayLike, criterion: str) -> Figure:
    """Return the score of every candidate against its rank, the chosen ones marked.

    :param scores: shape (n,), in the order of ranks, best first; larger is better.
    :param chosen: booleans, shape (n,).
    :param criterion: what the scores are.
    """
    score = np.asarray(scores, dtype=float)
    mark = np.asarray(chosen, dtype=bool)
    rank = np.arange(len(score))
    with styled():
        figure = new_figure(2.5)
        axes = figure.subplots()
        axes.plot(rank[~mark], score[~mark], "o", color=GREY, markersize=3, label=f"not chosen ({(~mark).sum()})")
        axes.plot(rank[mark], score[mark], "D", color=VERMILION, markersize=6, label=f"chosen ({mark.sum()})")
        label_axes(axes, "rank", with_unit(criterion, "1"))
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        figure.legend(loc="outside upper center", ncols=2)
    return figure


def parity_figure(
    observed: ArrayLike, predicted: ArrayLike, error: ArrayLike | None, quantity: str, unit: str
) -> Figure:
    """Return predicted against observed values, with the root mean square error in the title.

    :param observed: shape (n,).
    :param predicted: shape (n,); pairs with a NaN are left out.
    :param error: standard error of each prediction, shape (n,), NaN where unknown, or None.
    """
    pairs = np.column_stack([np.asarray(observed, dtype=float), np.asarray(predicted, dtype=float)])
    bars = np.full(len(pairs), np.nan) if error is None else np.asarray(error, dtype=float)
    finite = np.isfinite(pairs).all(axis=1)
    pairs, bars = pairs[finite], bars[finite]
    with styled():
        figure = new_figure(3.8)
        axes = figure.subplots()
        low, high = _limits(pairs)
        axes.plot([low, high], [low, high], color=GREY, linewidth=1, zorder=1)
        axes.errorbar(
            pairs[:, 0], pairs[:, 1], yerr=_bars(bars), fmt="o", color=BLUE, ecolor=BLUE, elinewidth=0.8, alpha=0.8
        )
        axes.set_xlim(low, high)
        axes.set_ylim(low, high)
        axes.set_aspect("equal")
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        name = with_unit(quantity, unit)
        label_axes(axes, f"observed {name}", f"predicted {name}")
        axes.set_title(_parity_title(pairs, unit))
    return figure


def extremum_parity_figure(
    observed: ArrayLike, predicted: ArrayLike, shown: ArrayLike, new: ArrayLike, quantity: str, unit: str
) -> Figure:
    """Return predicted against observed values of some pairs, with the band in which 95 % of all predictions lie.

    The dashed lines are the 0.025 and 0.975 quantiles of predicted less observed. They and the root mean square errors
    are of all pairs, shown or not.

    :param observed: shape (n,).
    :param predicted: shape (n,); pairs with a NaN are left out.
    :param shown: indices of the pairs that are drawn, shape (m,).
    :param new: whether a label is a new one, shape (n,); where some are and some are not, these have another colour.
    """
    pairs = np.column_stack([np.asarray(observed, dtype=float), np.asarray(predicted, dtype=float)])
    finite, mark = np.isfinite(pairs).all(axis=1), np.asarray(new, dtype=bool)
    drawn = finite & np.isin(np.arange(len(pairs)), shown)
    with styled():
        figure = new_figure(4.8)
        axes = figure.subplots()
        ends = np.array(_limits(pairs[drawn]))
        axes.plot(ends, ends, color="black", linewidth=1, zorder=1)
        for shift in np.quantile(np.diff(pairs[finite]), [0.025, 0.975]) if finite.any() else ():
            axes.plot(ends, ends + shift, color=GREEN, linestyle="--", linewidth=1, zorder=1)
        for rows, name, colour in ((~mark, "labels to begin with", BLUE), (mark, "new labels", VERMILION)):
            if (drawn & rows).any():
                text = f"{name}: {_parity_title(pairs[finite & rows], unit)}"
                axes.plot(*pairs[drawn & rows].T, "o", color=colour, markersize=4, alpha=0.8, label=text)
        axes.set(xlim=ends, ylim=ends, aspect="equal", title=_parity_title(pairs[finite], unit))
        axes.xaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_locator(MaxNLocator(5))
        name = with_unit(quantity, unit)
        label_axes(axes, f"observed {name}", f"predicted {name}")
        if (drawn & mark).any() and (drawn & ~mark).any():
            figure.legend(loc="outside lower center")
    return figure


def _draw_error(axes: Axes, x: NDArray[np.float64], values: NDArray[np.float64], name: str) -> None:
    label, colour, marker, line = _ERROR_STYLES.get(name, (name, GREY, "v", ":"))
    finite = np.isfinite(values)
    axes.plot(x[finite], values[finite], color=colour, marker=marker, linestyle=line, label=label)


def _limits(pairs: NDArray[np.float64]) -> tuple[float, float]:
    if not len(pairs):
        return 0.0, 1.0
    low, high = float(pairs.min()), float(pairs.max())
    margin = 0.08 * (high - low) or 1.0
    return low - margin, high + margin


def _bars(bars: NDArray[np.float64]) -> NDArray[np.float64] | None:
    return np.where(np.isfinite(bars), bars, 0.0) if np.isfinite(bars).any() else None


def _parity_title(pairs: NDArray[np.float64], unit: str) -> str:
    if not len(pairs):
        return "no predictions yet"
    rmse = float(np.sqrt(np.mean((pairs[:, 0] - pairs[:, 1]) ** 2)))
    return f"RMSE {rmse:.3g} {'' if unit == '1' else unit}".rstrip() + f", {len(pairs)} labels"
