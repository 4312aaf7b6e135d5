"""The posterior variance of a Gaussian process, and the greedy choice of where it is largest."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cholesky, solve_triangular

from aiida_matal.science.acquisition.base import SelectionProblem, best_of
from aiida_matal.science.learning.base import Floats
from aiida_matal.science.learning.kernels import Kernel

# Larger blocks are slower: the memory of their intermediate results is asked for and given back each time.
CANDIDATES_AT_ONCE = 1024


@dataclass(frozen=True)
class Process:
    """A Gaussian process of unit prior variance; all variances are fractions of the prior one.

    ``labelled`` (m, d) and ``candidates`` (n, d) are in the unit of the kernel's length scales, ``noise`` (m,) is that
    of each label and ``label_noise`` that of a label to come.
    """

    kernel: Kernel
    labelled: Floats
    noise: Floats
    candidates: Floats
    label_noise: float


def choose_largest(process: Process, problem: SelectionProblem) -> tuple[list[int], Floats]:
    """Return the choices in their order, and the variance of each candidate, shape (n,).

    Each choice is the open candidate with the largest variance, and conditions the next. The variance of a chosen
    candidate is that at its choice, of any other the one that remains after the batch.

    Row k of ``half`` is what one labelled or chosen point adds to the Cholesky factor: the posterior variance is the
    prior one less the sum of the squares of each column.
    """
    kernel, candidates = process.kernel, process.candidates
    n_labels, n_candidates = len(process.labelled), len(candidates)
    half = np.empty((n_labels + problem.batch_size, n_candidates))
    if n_labels:
        _condition_on_labels(process, half[:n_labels])
    variance = np.clip(1.0 - np.einsum("ij,ij->j", half[:n_labels], half[:n_labels]), 0, None)
    closed = np.zeros(n_candidates, dtype=bool)
    chosen: list[int] = []
    at_choice: list[float] = []
    for row in range(n_labels, n_labels + problem.batch_size):
        pick = best_of(variance, closed)
        chosen.append(pick)
        at_choice.append(variance[pick])
        closed |= problem.closed_by(pick)
        covariance = kernel.covariance(candidates[[pick]], candidates)[0] - half[:row, pick] @ half[:row]
        half[row] = covariance / np.sqrt(variance[pick] + process.label_noise)
        variance = np.clip(variance - half[row] ** 2, 0, None)
    variance[chosen] = at_choice
    return chosen, variance


def _condition_on_labels(process: Process, half: Floats) -> None:
    """Fill ``half``, shape (labels, candidates), with the Cholesky factor's inverse times the covariances."""
    kernel = process.kernel
    factor = cholesky(kernel.covariance(process.labelled, process.labelled) + np.diag(process.noise), lower=True)
    for start in range(0, len(process.candidates), CANDIDATES_AT_ONCE):
        block = slice(start, start + CANDIDATES_AT_ONCE)
        covariance = kernel.covariance(process.labelled, process.candidates[block])
        half[:, block] = solve_triangular(factor, covariance, lower=True, overwrite_b=True, check_finite=False)
