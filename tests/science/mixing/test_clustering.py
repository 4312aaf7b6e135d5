"""Clusters of binary liquids: those of the paper, and exact ones."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.clustering import (
    CLUSTER_FEATURES,
    LIQUID_FEATURES,
    N_CLUSTERS,
    best_number,
    cluster_binaries,
    cluster_numbers,
    cluster_points,
    clustering_accuracy,
    equimolar_features,
)
from aiida_matal.science.mixing.elements import known_elements
from aiida_matal.science.mixing.miedema import miedema_group, miedema_p_q

BLOBS = np.array([[5.0, 0], [5.1, 0], [1.0, 9], [1.1, 9], [3.0, 40], [3.1, 40]])


def test_ten_features_have_their_best_silhouette_at_two_clusters_and_a_second_peak_at_six():
    # Bizot et al. (2025), supplementary note 3.1.
    points = equimolar_features(known_elements(), CLUSTER_FEATURES).matrix(CLUSTER_FEATURES)
    numbers = cluster_numbers(points, range(2, 8), seed=1)
    assert best_number(numbers) == 2
    assert best_number(numbers.take(numbers["n_clusters"] > 2)) == N_CLUSTERS
    assert (np.diff(numbers["inertia"]) < 0).all()


def test_heat_capacity_and_entropy_have_their_best_silhouette_at_three_clusters():
    # Supplementary note 3.2.
    table = cluster_binaries(known_elements(), LIQUID_FEATURES, None, seed=1)
    assert set(table["cluster"].tolist()) == {0, 1, 2}


def test_carbon_and_the_refractory_elements_have_clusters_of_their_own():
    # Section 2.1: carbon; Re, Ir, W and Os; groups 1 to 9; groups 10 to 16; two of very different groups.
    table = cluster_binaries(known_elements(), CLUSTER_FEATURES, N_CLUSTERS, seed=1)
    of = dict(zip(table["system"].tolist(), table["cluster"].tolist(), strict=True))
    assert len(of) == 2415
    members = [{name for name, cluster in of.items() if cluster == number} for number in range(N_CLUSTERS)]
    carbon = of["C-Fe"]
    assert all("C" in name.split("-") for name in members[carbon])
    assert len(members[carbon]) > 60
    with_refractory = sum(bool({"Re", "Ir", "W", "Os"} & set(name.split("-"))) for name in members[of["Hf-Os"]])
    assert with_refractory > 0.6 * len(members[of["Hf-Os"]])
    assert of["Ti-Zr"] == 0
    assert of["Pb-Sn"] == N_CLUSTERS - 1


def test_clusters_by_heat_capacity_and_entropy_are_miedemas_groups_for_79_percent():
    # Section 2.5: "a clustering accuracy of 79%", Eu and Yb counted as the other lanthanides.
    table = cluster_binaries(known_elements(), LIQUID_FEATURES, 3, seed=1)
    pairs = [np.where(np.isin(table[name], ["Eu", "Yb"]), "Gd", table[name]) for name in ("element_a", "element_b")]
    accuracy = clustering_accuracy(table["cluster"], miedema_group(*pairs))
    assert accuracy == pytest.approx(0.79, abs=0.005)
    # As non-transition metals, which they are in Miedema's model, they agree less.
    assert (
        0.75 < clustering_accuracy(table["cluster"], miedema_group(table["element_a"], table["element_b"])) < accuracy
    )


def test_miedemas_p_and_q_follow_heat_capacity_and_entropy():
    # Section 2.5: mean Cp / P is roughly 3, mean S / Q roughly 0.8.
    table = equimolar_features(known_elements(), ["mean_cp_liquid", "mean_s_liquid"])
    p, q = miedema_p_q(table["element_a"], table["element_b"])
    assert (table["mean_cp_liquid"] / p).mean() == pytest.approx(3.0, abs=0.1)
    assert (table["mean_s_liquid"] / q).mean() == pytest.approx(0.8, abs=0.05)


def test_other_seeds_give_the_same_numbers_to_nearly_all_systems():
    first, second = (cluster_binaries(known_elements(), CLUSTER_FEATURES, 6, seed)["cluster"] for seed in (1, 2))
    assert (first == second).mean() > 0.995


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_clusters_are_numbered_by_the_mean_of_the_first_coordinate(seed):
    found = cluster_points(BLOBS, 3, seed)
    assert found.cluster.tolist() == [2, 2, 0, 0, 1, 1]
    assert found.silhouette > 0.95
    assert found.inertia == pytest.approx(3 * 2 * (0.05 / BLOBS[:, 0].std()) ** 2)


@pytest.mark.parametrize("number", [1, 6])
def test_more_clusters_than_points_allow_are_refused(number):
    with pytest.raises(InputError, match="there are 6 points"):
        cluster_points(BLOBS, number, seed=1)


def test_one_element_has_no_pairs():
    with pytest.raises(InputError, match="no pair"):
        equimolar_features(["Al"], CLUSTER_FEATURES)


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=30))
def test_accuracy_is_the_best_over_all_ways_to_name_the_clusters(pairs):
    cluster, group = np.array(pairs).T
    best = max(np.mean(np.array(names)[cluster] == group) for names in permutations(range(3)))
    assert clustering_accuracy(cluster, group) == pytest.approx(best)
