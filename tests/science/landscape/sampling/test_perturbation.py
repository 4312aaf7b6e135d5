from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.landscape.sampling.explored import walk
from aiida_matal.science.landscape.sampling.perturbation import MARGIN, perturb, pull_inside, replicate, shorten

RNG = np.random.default_rng


@given(width=st.floats(0, 0.5), seed=st.integers(0, 1000), stretch=st.floats(0.5, 3))
def test_perturbed_points_are_inside_by_the_margin(layered, width, seed, stretch):
    centre = np.array([0.5, 0, 0, 0])
    # Some of the points to perturb are far outside.
    eta = centre + stretch * (walk(layered, 20, 0.2, 0.05, seed + 1) - centre)
    room = layered.polytope.offsets - perturb(layered, eta, width, RNG(seed)) @ layered.polytope.normals.T
    assert room.min() >= 0.99 * MARGIN


def test_points_inside_are_left_where_they_are(layered):
    eta = np.array([[0.5, 0.3, 0.0, 0.0], [0.2, 0.0, 0.1, 0.0]])
    assert pull_inside(layered, eta) == pytest.approx(eta, abs=1e-15)
    assert perturb(layered, eta, 0.0, RNG(0)) == pytest.approx(eta, abs=1e-15)


def test_perturbations_well_inside_are_uniform(layered):
    eta = np.tile([0.5, 0.0, 0.0, 0.0], (4000, 1))
    step = perturb(layered, eta, [0.1, 0.02, 0.0, 0.05], RNG(0)) - eta
    assert np.abs(step).max(axis=0) == pytest.approx([0.1, 0.02, 0.0, 0.05], rel=0.01)
    assert step.std(axis=0) == pytest.approx(np.array([0.1, 0.02, 0.0, 0.05]) / np.sqrt(3), rel=0.05)


def test_steps_that_lead_outside_keep_their_direction(layered):
    base = np.tile([0.5, 0.4, 0.0, 0.0], (2000, 1))
    step = np.tile([0.0, 0.2, 0.0, 0.1], (2000, 1))
    found = shorten(layered, base, step, RNG(0)) - base
    assert found[:, 3] == pytest.approx(found[:, 1] / 2)
    # The boundary is where eta_1 + eta_3 is 1/2: at a third of the step. The density grows as the cube of the distance.
    fraction = found[:, 1] / 0.2
    assert fraction.max() == pytest.approx(1 / 3, rel=0.01)
    assert fraction.mean() == pytest.approx(4 / 5 / 3, rel=0.02)


def test_images_are_those_by_the_group(zigzag):
    eta = np.array([[0.5, 0.2, 0.1, 0.0, 0.05, 0.0, 0.02]])
    images = replicate(zigzag, eta, 3000, 0.0, RNG(0))
    orbit = zigzag.order_parameters.orbit(eta[0])
    distance = np.abs(images[:, np.newaxis] - orbit).max(axis=2)
    assert distance.min(axis=1).max() < 1e-12
    # Every one of the 384 images is drawn sooner or later.
    assert len(orbit) == 384
    assert set(distance.argmin(axis=1).tolist()) == set(range(384))
