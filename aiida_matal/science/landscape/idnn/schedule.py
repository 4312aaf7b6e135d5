"""When the learning rate is reduced, and when the training ends."""

from __future__ import annotations

from math import inf

from aiida_matal.science.landscape.idnn.settings import IdnnSettings


class Schedule:
    """Follows the loss on the points held back: Holber and Garikipati (2025), section 2.2.

    The learning rate is reduced after each ``patience`` epochs without a smaller loss than ever before; after twice as
    many, or a loss that is not finite, the training is finished.
    """

    def __init__(self, settings: IdnnSettings) -> None:
        self._settings = settings
        self._waited = 0
        self.rate = settings.learning_rate
        self.best = inf
        self.finished = False

    def improved(self, loss: float) -> bool:
        """Note the loss of an epoch and return whether it is the smallest so far."""
        if loss < self.best:
            self.best, self._waited = loss, 0
            return True
        self._waited += 1
        if self._waited == self._settings.patience:
            self.rate = max(self.rate * self._settings.reduction_factor, self._settings.smallest_learning_rate)
        # A comparison with NaN is never true.
        self.finished = self._waited >= 2 * self._settings.patience or not loss < inf
        return False
