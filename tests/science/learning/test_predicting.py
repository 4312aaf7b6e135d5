from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.predicting import inside_domain, predict_table
from aiida_matal.science.learning.training import LearnerSettings, train
from aiida_matal.science.table import Column

ESTIMATE = {"estimate": Column("an estimate of the energy", "kJ/mol")}


@pytest.fixture
def with_estimate(make_dataset):
    """Return a function that makes a dataset whose target is an estimate that no feature tells, plus u."""

    def make(n: int = 20, prefix: str = "c"):
        dataset = make_dataset(n, prefix)
        estimate = np.random.default_rng(n + 1).normal(0, 100, size=n)
        energy = np.where(dataset["status"] == "ok", estimate + dataset["u"], np.nan)
        return dataset.with_columns({"estimate": estimate, "energy": energy}, ESTIMATE)

    return make


def trained(dataset, test_set=None, **changed):
    values = {"name": "gaussian_process", "features": ["u", "v"], "target": "energy", "settings": {"n_restarts": 0}}
    settings = LearnerSettings.parse(values | {"baseline": "estimate"} | changed, "learner")
    return train(dataset, settings, 1, test_set)


def test_predictions_add_the_baseline_whose_error_was_learned(with_estimate):
    result = trained(with_estimate(), with_estimate(30, "t"))
    new = with_estimate(7, "n")
    prediction = predict_table(result.model, result.card, new)
    assert prediction.mean == pytest.approx(new["estimate"] + new["u"], abs=0.5)
    assert np.array_equal(prediction.error, result.model.predict(new.matrix(["u", "v"])).error)
    assert result.scores["cv_rmse"] < 1.0
    assert result.scores["test_rmse"] < 1.0
    assert trained(with_estimate(), baseline=None).scores["cv_rmse"] > 30.0


def test_the_parity_table_has_the_target_not_the_error_of_the_baseline(with_estimate):
    dataset = with_estimate()
    parity = trained(dataset).parity
    assert parity["observed"].tolist() == dataset["energy"][:-1].tolist()
    assert parity["baseline"].tolist() == dataset["estimate"][:-1].tolist()
    assert parity["predicted"] == pytest.approx(parity["observed"], abs=3.0)
    assert "baseline" not in trained(dataset, baseline=None).parity


def test_rows_outside_the_features_of_the_labels_are_told(with_estimate):
    card = trained(with_estimate()).card
    u_low, u_high = card.domain["u"]
    new = with_estimate(5).with_columns(
        {"u": [u_low, u_high, u_low - 1e-9, 0.0, u_high + 1.0], "v": [0.0, 0.0, 0.0, 99.0, 0.0]}, {}
    )
    assert inside_domain(card, new).tolist() == [True, True, False, False, False]
    assert inside_domain(card.model_copy(update={"domain": {}}), new).all()


def test_a_baseline_that_cannot_be_added_is_refused(with_estimate):
    dataset = with_estimate()
    holed = dataset.with_columns({"estimate": np.where(dataset["id"] == "c003", np.nan, dataset["estimate"])}, {})
    joules = dataset.with_columns({}, {"estimate": Column("an estimate", "J/mol")})
    result = trained(dataset)
    for use in (trained, lambda table: predict_table(result.model, result.card, table)):
        with pytest.raises(InputError, match=r"column estimate: nan .* 'c003'"):
            use(holed)
        with pytest.raises(InputError, match=r"column estimate: 'J/mol' .* 'kJ/mol'"):
            use(joules)
        with pytest.raises(InputError, match="no such column"):
            use(dataset.select([name for name in dataset.names if name != "estimate"]))


@pytest.mark.parametrize("changed", [{"baseline": "energy"}, {"features": ["u", "energy"]}])
def test_the_target_is_neither_a_feature_nor_the_baseline(with_estimate, changed):
    with pytest.raises(InputError, match="'energy' is the target"):
        trained(with_estimate(), **changed)
