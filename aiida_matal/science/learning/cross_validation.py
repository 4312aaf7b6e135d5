"""Cross-validation that keeps the members of a group together."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.model_selection import GroupKFold

from aiida_matal.science.learning.base import Learner, Prediction, as_training_data
from aiida_matal.science.seeds import derive_seed


def grouped_folds(groups: ArrayLike, n_folds: int, seed: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the rows to train on and the rows to test on; each row is tested once.

    The groups are dealt at random into at most ``n_folds`` folds: fewer if there are fewer groups. A group is never in
    both parts. Which groups share a fold does not depend on the order of the rows.

    :param groups: name of the group of each row, shape (n,), with at least two different names.
    """
    names = np.asarray(groups)
    splitter = GroupKFold(min(n_folds, len(np.unique(names))), shuffle=True, random_state=seed)
    yield from splitter.split(names, groups=names)


def cross_validate(
    learner: Learner,
    features: ArrayLike,
    target: ArrayLike,
    target_error: ArrayLike | None,
    groups: ArrayLike,
    n_folds: int,
    seed: int,
) -> Prediction | None:
    """Return the prediction of each row, shape (n,), by a model that has not seen its group.

    :return: None if there are fewer than two groups.
    :raises InputError: if the shapes do not match or a value is not finite.
    """
    points, values, errors = as_training_data(features, target, target_error)
    if len(np.unique(np.asarray(groups))) < 2:
        return None
    mean, error = np.full(len(values), np.nan), np.full(len(values), np.nan)
    has_error = False
    for number, (train, test) in enumerate(grouped_folds(groups, n_folds, derive_seed(seed, "folds"))):
        train_error = None if errors is None else errors[train]
        fold_seed = derive_seed(seed, "fold", number)
        model = learner.fit(points[train], values[train], target_error=train_error, seed=fold_seed)
        prediction = model.predict(points[test])
        mean[test] = prediction.mean
        if prediction.error is not None:
            has_error = True
            error[test] = prediction.error
    return Prediction(mean, error if has_error else None)
