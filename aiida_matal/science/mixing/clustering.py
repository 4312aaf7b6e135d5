"""Clusters of binary liquids in the space of their features, and how close they come to Miedema's groups.

After Bizot, Tamura and Deffrennes (2025), sections 2.1 and 2.5 and supplementary note 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score
from threadpoolctl import threadpool_limits

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.mixing.features import GP_FEATURES, binary_features
from aiida_matal.science.table import Column, Table

#: The space of the clusters: the features of the Gaussian process, first the one that numbers the clusters.
CLUSTER_FEATURES = ["mean_group", *(name for name in GP_FEATURES if name != "mean_group")]
#: How many clusters the paper takes.
N_CLUSTERS = 6
#: How many clusters are tried where the silhouette decides.
NUMBERS = range(2, 11)
#: Features that come close to Miedema's groups: mean and average deviation, heat capacity and entropy of the liquids.
LIQUID_FEATURES = ["mean_cp_liquid", "mean_s_liquid", "avg_dev_cp_liquid", "avg_dev_s_liquid"]
#: K-means is started so often, and the best of the results is taken.
N_STARTS = 50


@dataclass(frozen=True)
class Clustering:
    """Points in clusters.

    :param cluster: number of the cluster of each point, from 0, shape (n,).
    :param inertia: sum of the squared distances of the points to the centres of their clusters.
    :param silhouette: mean silhouette coefficient, from -1 to 1 (Rousseeuw, J. Comput. Appl. Math. 20, 53 (1987)).
    """

    cluster: NDArray[np.intp]
    inertia: float
    silhouette: float


def cluster_points(points: ArrayLike, n_clusters: int, seed: int) -> Clustering:
    """Return the clusters of points by k-means, after each coordinate was scaled to mean 0 and standard deviation 1.

    Clusters are numbered by the mean of the first coordinate in them, so that the numbers do not depend on the seed.

    :param points: shape (n, d).
    :param n_clusters: from 2 to n - 1.
    :raises InputError: if there are too few points for so many clusters.
    """
    raw = np.asarray(points, dtype=np.float64)
    if not 2 <= n_clusters < len(raw):
        cure = "Give 2 or more, and fewer than there are points."
        raise InputError("n_clusters", n_clusters, f"there are {len(raw)} points", cure)
    scaled = Standardisation.of(raw).apply(raw)
    # More threads only wait for one another where there are a few thousand points.
    with threadpool_limits(1):
        found = KMeans(n_clusters, n_init=N_STARTS, tol=0, random_state=seed).fit(scaled)
    means = [raw[found.labels_ == number, 0].mean() for number in range(n_clusters)]
    rank = np.argsort(np.argsort(means, kind="stable"), kind="stable")
    return Clustering(rank[found.labels_], float(found.inertia_), float(silhouette_score(scaled, found.labels_)))


def cluster_numbers(points: ArrayLike, numbers: Iterable[int], seed: int) -> Table:
    """Return inertia and silhouette against the number of clusters: the elbow and the silhouette method.

    :param points: shape (n, d).
    :param numbers: how many clusters to try.
    :raises InputError: as :func:`cluster_points`.
    """
    tried = list(numbers)
    found = [cluster_points(points, number, seed) for number in tried]
    return Table(
        {
            "n_clusters": np.array(tried, dtype=np.int64),
            "inertia": [clustering.inertia for clustering in found],
            "silhouette": [clustering.silhouette for clustering in found],
        },
        {
            "n_clusters": Column("number of clusters", "1"),
            "inertia": Column("sum of squared distances to the centres, in standardised features", "1"),
            "silhouette": Column("mean silhouette coefficient", "1"),
        },
    )


def equimolar_features(elements: Iterable[str], features: Sequence[str]) -> Table:
    """Return features of the equimolar liquids of all pairs of elements.

    :param features: names of features of :func:`~aiida_matal.science.mixing.features.binary_features`.
    :return: ``system``, ``element_a``, ``element_b`` and the features, ordered by system.
    :raises InputError: if an element or a feature is unknown, or there are fewer than two elements.
    """
    pairs = list(combinations(sorted(set(elements)), 2))
    if not pairs:
        raise InputError("elements", list(elements), "there is no pair of them", "Give two or more.")
    element_a, element_b = np.array(pairs).T
    matrix, described = binary_features(element_a, element_b, np.full(len(pairs), 0.5))
    system = [f"{a}-{b}" for a, b in pairs]
    table = Table(
        {
            "system": system,
            "element_a": element_a,
            "element_b": element_b,
            **dict(zip(described, matrix.T, strict=True)),
        },
        {
            "system": Column("the two elements in alphabetical order"),
            "element_a": Column("first element"),
            "element_b": Column("second element"),
            **described,
        },
    )
    return table.select(["system", "element_a", "element_b", *features])


def cluster_binaries(elements: Iterable[str], features: Sequence[str], n_clusters: int | None, seed: int) -> Table:
    """Return the cluster of the equimolar liquid of each pair of elements.

    :param features: the space of the clusters; they are numbered by the mean of the first of them.
    :param n_clusters: how many clusters, or None for as many as give the largest silhouette.
    :return: ``system``, ``element_a``, ``element_b`` and ``cluster``, ordered by system.
    :raises InputError: as :func:`equimolar_features` and :func:`cluster_points`.
    """
    table = equimolar_features(elements, features)
    points = table.matrix(features)
    number = best_number(cluster_numbers(points, NUMBERS, seed)) if n_clusters is None else n_clusters
    found = cluster_points(points, number, seed)
    binaries = table.select(["system", "element_a", "element_b"])
    meaning = f"cluster of the equimolar liquid, numbered by the mean of {features[0]}"
    return binaries.with_columns({"cluster": found.cluster}, {"cluster": Column(meaning, "1")})


def best_number(numbers: Table) -> int:
    """Return the number of clusters with the largest silhouette.

    :param numbers: a table of :func:`cluster_numbers`.
    """
    return int(numbers["n_clusters"][np.argmax(numbers["silhouette"])])


def clustering_accuracy(cluster: ArrayLike, group: ArrayLike) -> float:
    """Return the share of points whose cluster is that of their group, each cluster standing for one group at most.

    Clusters stand for groups so that the share is largest (Kuhn, Nav. Res. Logist. Q. 2, 83 (1955)).

    :param cluster: shape (n,).
    :param group: shape (n,).
    """
    clusters, which_cluster = np.unique(np.asarray(cluster), return_inverse=True)
    groups, which_group = np.unique(np.asarray(group), return_inverse=True)
    together = np.zeros((len(clusters), len(groups)), dtype=np.int64)
    np.add.at(together, (which_cluster, which_group), 1)
    return float(together[linear_sum_assignment(together, maximize=True)].sum() / together.sum())
