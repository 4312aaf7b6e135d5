from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.sampling.bias import bias_centres, trusted_mu


def test_the_average_under_the_bias_is_at_the_point(wells_model):
    eta, phi, model = np.array([[0.4, 0.3], [0.7, -0.1]]), np.array([50.0, 0.05]), wells_model(2)
    kappa = bias_centres(eta, phi, model)
    # g + phi (eta - kappa)^2 is stationary where mu = -2 phi (eta - kappa).
    assert model.mu(eta) + 2 * phi * (eta - kappa) == pytest.approx(0, abs=1e-14)
    # mu_0 = 2 (0.4 - 0.5) and mu_1 = 0.3^3 - 0.03 * 0.3 at the first point.
    assert kappa[0] == pytest.approx([0.4 - 0.2 / 100, 0.3 + 0.018 / 0.1])


def test_without_a_model_the_bias_is_centred_at_the_point():
    eta = np.array([[0.4, 0.3]])
    assert bias_centres(eta, [1.0, 1.0], None).tolist() == eta.tolist()


@pytest.mark.parametrize("phi", [1.0, [1.0], [1.0, -1.0], [1.0, np.inf]])
def test_a_strength_that_holds_nothing_is_refused(phi):
    with pytest.raises(InputError, match="Give 2 numbers above 0"):
        bias_centres(np.zeros((1, 2)), phi, None)


def test_the_point_where_a_model_fails_is_named(wells_model):
    class FailsAbove(wells_model):
        def mu(self, eta):
            return np.where(eta[:, :1] > 0.6, np.nan, super().mu(eta))

    with pytest.raises(InputError, match=r"\[0\.7, 0\.0\] is refused: its mu is not finite there"):
        bias_centres(np.array([[0.5, 0.0], [0.7, 0.0]]), [1.0, 1.0], FailsAbove(2))


def test_a_prediction_far_beyond_all_labels_is_cut(wells_model):
    eta, phi, model = np.array([[0.4, 0.3], [0.49, 0.29]]), np.array([50.0, 0.05]), wells_model(2)
    mu = model.mu(eta)
    assert (np.abs(mu[0]) > 0.01).all()
    kappa = bias_centres(eta, phi, model, [0.1, 0.01])
    assert kappa[0] == pytest.approx(eta[0] + np.sign(mu[0]) * [0.1, 0.01] / (2 * phi))
    assert kappa[1, 0] == pytest.approx(eta[1, 0] + mu[1, 0] / (2 * phi[0]))


def test_a_model_is_trusted_up_to_twice_the_largest_label():
    labels = np.array([[0.1, 0.01, -0.03], [-0.2, 0.02, 0.0]])
    assert trusted_mu(labels) == pytest.approx([0.4, 0.06, 0.06])
    assert trusted_mu(np.empty((0, 3))).tolist() == [np.inf] * 3
