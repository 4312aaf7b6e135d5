"""The start of JAX, which the training of networks needs and nothing else."""

from __future__ import annotations

import os
from functools import cache

from aiida_matal.science.extras import require


@cache
def start_jax() -> None:
    """Start JAX so that what it computes on the CPU does not depend on the number of cores.

    It splits sums over as many threads as ``NPROC`` says when it starts, which changes how they are rounded.

    :raises InputError: if JAX or Optax is not installed.
    """
    for module in ("jax", "optax"):
        require(module, extra="idnn", needed_by="the learner idnn")
    before = os.environ.get("NPROC")
    os.environ["NPROC"] = "1"
    try:
        import jax

        jax.devices("cpu")
    finally:
        if before is None:
            del os.environ["NPROC"]
        else:
            os.environ["NPROC"] = before
