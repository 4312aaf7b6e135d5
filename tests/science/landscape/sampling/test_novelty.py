from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.landscape.sampling.novelty import NoveltySettings, novel, novelty_scores


def test_scores_are_those_worked_out_by_hand():
    labelled = np.array([[0.0, 0.0], [0.3, 0.4], [1.0, 0.0]])
    eta = np.array([[0.0, 0.4], [1.0, 0.0005]])
    eigenvalues = np.array([[-2.0, 1.0], [0.5, 4.0]])
    settings = NoveltySettings(n_neighbours=2)
    # The two nearest points to the first are at 0.3 and 0.4; the second is closer than 1e-3 to a labelled one.
    assert novelty_scores(eta, labelled, eigenvalues, settings).tolist() == [1.0, 0.0]
    scores = novelty_scores(eta, labelled, eigenvalues, NoveltySettings(n_neighbours=2, smallest_distance=0))
    second = 4.0 * (0.0005 + np.hypot(0.7, 0.3995)) / 2
    assert scores == pytest.approx(np.array([0.7, second]) / (0.7 + second))


def test_as_many_neighbours_are_used_as_there_are():
    eta, eigenvalues = np.array([[0.1, 0.0], [0.3, 0.0]]), np.ones((2, 2))
    scores = novelty_scores(eta, np.zeros((1, 2)), eigenvalues, NoveltySettings())
    assert scores == pytest.approx([0.25, 0.75])


def test_points_next_to_labelled_ones_are_never_novel():
    scores = novelty_scores(np.zeros((4, 2)), np.zeros((7, 2)), np.ones((4, 2)), NoveltySettings())
    assert scores.tolist() == [0.0] * 4
    assert not novel(scores, "r1", np.random.default_rng(0)).any()


class Draws:
    """Draws that are not random: no shuffling, and given thresholds."""

    def __init__(self, parts):
        self.parts = np.array(parts)

    def permutation(self, n):
        return np.arange(n)

    def uniform(self, size):
        assert size == len(self.parts)
        return self.parts


def test_a_point_is_retained_if_it_beats_the_one_before_or_the_threshold():
    scores = np.array([0.0, 0.2, 0.1, 0.15, 0.3, 0.25])
    # The mean is 1/6 and the largest 0.3. 0.1 beats neither 0.2 nor 0.9/6. 0.15 beats 0.1, but that was not retained.
    # 0.25 beats its threshold only.
    retained = novel(scores, "r1", Draws([0.0, 0.9, 0.9, 0.95, 0.9, 0.9]))
    assert retained.tolist() == [False, True, False, False, True, True]
    # With r2, 0.25 is below 0.9 * 0.3 too.
    retained = novel(scores, "r2", Draws([0.0, 0.9, 0.9, 0.95, 0.9, 0.9]))
    assert retained.tolist() == [False, True, False, False, True, False]


def test_a_first_point_without_novelty_is_left_out():
    assert novel(np.array([0.0, 1.0]), "r1", Draws([0.0, 0.99])).tolist() == [False, True]


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40), st.sampled_from(["r1", "r2"]), st.integers(0, 99))
def test_the_most_novel_point_is_always_retained_and_others_without_novelty_never(values, threshold, seed):
    scores = np.array(values)
    retained = novel(scores, threshold, np.random.default_rng(seed))
    assert not retained[scores == 0].any()
    assert scores.max() == 0 or retained[np.argmax(scores)]


def test_the_threshold_of_the_largest_score_leaves_out_more():
    scores = np.random.default_rng(1).exponential(size=4000)
    scores /= scores.sum()
    kept = {name: novel(scores, name, np.random.default_rng(2)).mean() for name in ("r1", "r2")}
    # A point beats r1 with the probability 1 - 1/e, and r2 with that of its score over the largest, some 1 / ln(4000).
    assert 1 - np.exp(-1) - 0.02 < kept["r1"] < 0.7
    assert 1 / np.log(4000) - 0.02 < kept["r2"] < 0.3
