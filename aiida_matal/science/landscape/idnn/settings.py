"""Settings of the learner ``idnn`` and of the search for its hyper-parameters."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from aiida_matal.science.landscape.idnn.activations import ActivationName
from aiida_matal.science.settings import Settings

OptimiserName = Literal["adam", "nadam", "rmsprop"]
Width = Annotated[int, Field(ge=1, le=4096)]
Depth = Annotated[int, Field(ge=1, le=20)]
Rate = Annotated[float, Field(gt=0, le=1)]
Share = Annotated[float, Field(ge=0, lt=1)]


class IdnnSettings(Settings):
    """Settings of the learner ``idnn``: Holber and Garikipati (2025), section 2.2."""

    layers: Depth = Field(3, description="number of hidden layers (1 to 20)")
    neurons: Width = Field(100, description="number of neurons of each hidden layer")
    activation: ActivationName = Field("swish", description="activation function: tanh, softplus or swish")
    dropout: Share = Field(0.0, description="share of the neurons of each hidden layer left out in a training step")
    optimiser: OptimiserName = Field("adam", description="optimiser: adam, nadam or rmsprop")
    learning_rate: Rate = Field(2e-3, description="learning rate at the beginning")
    batch_size: int = Field(200, ge=1, description="number of points in a training step")
    epochs: int = Field(1000, ge=1, description="largest number of epochs")
    patience: int = Field(
        40,
        ge=1,
        description="epochs without improvement after which the rate is reduced; twice as many are the end",
    )
    reduction_factor: float = Field(0.5, gt=0, lt=1, description="factor by which the learning rate is reduced")
    smallest_learning_rate: Rate = Field(1e-6, description="learning rate below which it is not reduced")
    validation_share: float = Field(
        0.2, gt=0, le=0.5, description="share of the points that decide when the training ends (above 0, up to 0.5)"
    )
    ideal_mixing: float | None = Field(
        None,
        gt=0,
        description="temperature in K of a free energy of ideal mixing added to the network, or null",
    )


class IdnnSearchSettings(Settings):
    """What the random search for hyper-parameters may choose from; two numbers are a smallest and a largest value."""

    n_trials: int = Field(
        15, ge=2, le=1000, description="number of sets of hyper-parameters, those so far included (2 to 1000)"
    )
    n_members: int | None = Field(
        None, ge=2, description="largest number of models in the committee, the best, or null for all"
    )
    layers: tuple[Depth, Depth] = Field((2, 4), description="fewest and most hidden layers")
    neurons: tuple[Width, Width] = Field((20, 200), description="fewest and most neurons of a hidden layer")
    activations: list[ActivationName] = Field(
        ["tanh", "softplus", "swish"], min_length=1, description="activation functions"
    )
    dropout: tuple[Share, Share] = Field((0.0, 0.05), description="smallest and largest dropout")
    optimisers: list[OptimiserName] = Field(["adam", "nadam", "rmsprop"], min_length=1, description="optimisers")
    learning_rate: tuple[Rate, Rate] = Field((1e-4, 1e-2), description="smallest and largest rate, logarithmic between")
    batch_sizes: list[Annotated[int, Field(ge=1)]] = Field(
        [100, 200, 500], min_length=1, description="numbers of points in a training step"
    )
    patience: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = Field(
        (20, 100), description="smallest and largest patience, in epochs"
    )
    reduction_factor: tuple[Annotated[float, Field(gt=0, lt=1)], Annotated[float, Field(gt=0, lt=1)]] = Field(
        (0.3, 0.8), description="smallest and largest factor by which the learning rate is reduced"
    )

    @model_validator(mode="after")
    def _refuse_reversed(self) -> Self:
        for name, value in self:
            if isinstance(value, tuple) and value[0] > value[1]:
                raise ValueError(f"{name}: the smallest value comes first")
        return self
