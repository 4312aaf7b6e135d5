"""Let PHYSBO learn the hyper-parameters of a Gaussian process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO

import numpy as np
from threadpoolctl import threadpool_limits

from aiida_matal.science.learning.base import Floats
from aiida_matal.science.learning.kernels import Kernel

# What PHYSBO adds to the diagonal of the covariance of the labels.
JITTER = 1e-8
NOISE_WITHOUT_VARIATION = 1e-2


def learn_hyper_parameters(points: Floats, target: Floats, ard: bool, seed: int) -> tuple[Kernel, float]:
    """Return the kernel of unit variance, and the noise of a label as a fraction of the variance of the process.

    PHYSBO (Motoyama et al., Comput. Phys. Commun. 278, 108405 (2022)) maximises the marginal likelihood by Adam on
    mini-batches of 64 labels. Its kernel is scale^2 exp(-r^2 / (2 width^2)), with one width for all features or one
    each. A target that does not vary teaches nothing: widths are then the root of the number of features.

    :param points: labelled points, shape (n, d), standardised.
    :param target: their labels, shape (n,), standardised.
    :param ard: whether each feature has a width of its own.
    """
    # The import takes a second, which only those who ask for PHYSBO should wait for.
    import physbo

    n_features = points.shape[1]
    if np.ptp(target) == 0:
        return Kernel("rbf", 1.0, np.full(n_features, np.sqrt(n_features))), NOISE_WITHOUT_VARIATION
    covariance = physbo.gp.cov.Gauss(num_dim=n_features, ard=ard)
    model = physbo.gp.core.Model(cov=covariance, mean=physbo.gp.mean.Const(), lik=physbo.gp.lik.Gauss())
    predictor = physbo.gp.Predictor(physbo.misc.SetConfig(), model)
    # More threads only get in each other's way in matrices of 64 rows.
    with _numpy_seed(seed), redirect_stdout(StringIO()), threadpool_limits(1):
        predictor.fit(physbo.Variable(X=points, t=target))
    widths = np.broadcast_to(covariance.width, n_features).astype(np.float64)
    noise = (np.asarray(model.lik.std) ** 2 + JITTER) / covariance.scale**2
    return Kernel("rbf", 1.0, widths), noise.item()


@contextmanager
def _numpy_seed(seed: int) -> Iterator[None]:
    """Seed the global generator of NumPy, which PHYSBO draws from, and put its state back at the end."""
    state = np.random.get_state()  # noqa: NPY002
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        np.random.set_state(state)  # noqa: NPY002
