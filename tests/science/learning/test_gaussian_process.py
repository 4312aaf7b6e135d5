from __future__ import annotations

import numpy as np
import pytest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning import gaussian_process
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner, GaussianProcessModel

POINTS = np.random.default_rng(5).normal(10.0, 40.0, size=(50, 2))


@pytest.fixture
def labelled():
    random = np.random.default_rng(0)
    features = random.normal([10.0, -3.0], [40.0, 0.1], size=(25, 2))
    return features, 5.0 + 20.0 * np.sin(features[:, 0] / 30.0) + random.normal(0, 0.5, size=25)


def reference(model: GaussianProcessModel) -> GaussianProcessRegressor:
    shape = RBF if model.kernel.name == "rbf" else Matern
    extra = {} if model.kernel.name == "rbf" else {"nu": 2.5}
    kernel = ConstantKernel(model.kernel.variance) * shape(model.kernel.length_scales, **extra)
    return GaussianProcessRegressor(kernel, alpha=model.noise, optimizer=None).fit(model.inputs, model.targets)


def test_given_hyper_parameters_are_taken_as_they_are(labelled):
    features, target = labelled
    settings = {"kernel": "rbf", "length_scale": 0.7, "label_noise": 0.25}
    model = GaussianProcessLearner(settings).fit(features, target, target_error=None, seed=0)
    assert (model.kernel.variance, model.kernel.length_scales.tolist()) == (1.0, [0.7, 0.7])
    assert model.noise.tolist() == [0.25] * 25
    expected = reference(model).predict(model.feature_scaling.apply(POINTS)) * target.std() + target.mean()
    assert model.predict(POINTS).mean == pytest.approx(expected)


@pytest.mark.parametrize("given", ["length_scale", "label_noise"])
def test_one_hyper_parameter_without_the_other_is_refused(given):
    with pytest.raises(InputError, match="given together, or neither"):
        GaussianProcessLearner({given: 1.0})


@pytest.mark.parametrize("kernel", ["rbf", "matern52"])
@pytest.mark.parametrize("ard", [True, False])
@pytest.mark.parametrize("error", [None, 2.0])
def test_mean_and_error_equal_those_of_scikit_learn(labelled, kernel, ard, error):
    features, target = labelled
    errors = None if error is None else np.linspace(0, error, len(target))
    model = GaussianProcessLearner({"kernel": kernel, "ard": ard}).fit(features, target, target_error=errors, seed=0)
    mean, deviation = reference(model).predict(model.feature_scaling.apply(POINTS), return_std=True)
    prediction = model.predict(POINTS)
    assert prediction.mean == pytest.approx(target.mean() + target.std() * mean, abs=1e-8)
    assert prediction.error == pytest.approx(target.std() * deviation, abs=1e-8)


def test_hyper_parameters_are_those_that_scikit_learn_finds_for_standardised_data(labelled):
    features, target = labelled
    model = GaussianProcessLearner({"kernel": "rbf", "n_restarts": 4}).fit(features, target, target_error=None, seed=3)
    kernel = ConstantKernel(2.0) * RBF([0.7, 3.0], (1e-2, 1e3)) + WhiteKernel(0.1, (1e-6, 10.0))
    found = GaussianProcessRegressor(kernel, alpha=0.0, n_restarts_optimizer=4, random_state=0)
    found.fit((features - features.mean(0)) / features.std(0), (target - target.mean()) / target.std())
    assert model.label_noise == pytest.approx(found.kernel_.k2.noise_level, rel=1e-2)
    assert model.kernel.length_scales[0] == pytest.approx(found.kernel_.k1.k2.length_scale[0], rel=1e-2)


def test_predictions_in_blocks_equal_predictions_at_once(labelled, monkeypatch):
    model = GaussianProcessLearner({}).fit(*labelled, target_error=None, seed=0)
    at_once = model.predict(POINTS)
    monkeypatch.setattr(gaussian_process, "ROWS_AT_ONCE", 7)
    in_blocks = model.predict(POINTS)
    assert in_blocks.mean == pytest.approx(at_once.mean, abs=1e-10)
    assert in_blocks.error == pytest.approx(at_once.error, abs=1e-10)


def test_the_unit_of_the_target_does_not_matter(labelled):
    features, target = labelled
    plain = GaussianProcessLearner({}).fit(features, target, target_error=np.ones(25), seed=0).predict(POINTS)
    scaled = GaussianProcessLearner({}).fit(features, 1000 * target, target_error=np.full(25, 1000.0), seed=0)
    assert scaled.predict(POINTS).mean == pytest.approx(1000 * plain.mean, rel=1e-4)
    assert scaled.predict(POINTS).error == pytest.approx(1000 * plain.error, rel=1e-4)


def test_a_label_with_a_large_error_weighs_little(labelled):
    features, target = labelled
    spoilt = target.copy()
    spoilt[4] += 500.0
    errors = np.zeros(25)
    errors[4] = 500.0
    learner = GaussianProcessLearner({"kernel": "rbf"})
    mean = learner.fit(features, spoilt, target_error=errors, seed=0).predict(features).mean
    without = learner.fit(np.delete(features, 4, 0), np.delete(target, 4), target_error=None, seed=0).predict(features)
    assert np.abs(mean - without.mean).max() < 3.0


def test_an_irrelevant_feature_gets_the_longer_length_scale(labelled):
    model = GaussianProcessLearner({}).fit(*labelled, target_error=None, seed=0)
    assert model.kernel.length_scales[1] > 10 * model.kernel.length_scales[0]


def test_the_error_grows_away_from_the_labels_up_to_the_prior(labelled):
    model = GaussianProcessLearner({"ard": False}).fit(*labelled, target_error=None, seed=0)
    far = model.predict([[1e9, 1e9]])
    assert model.predict(labelled[0]).error.max() < far.error[0]
    assert far.error[0] == pytest.approx(np.sqrt(model.kernel.variance) * float(model.target_scaling.scale))
    assert far.mean[0] == pytest.approx(labelled[1].mean())


def test_a_target_that_does_not_vary_is_predicted_with_an_error(labelled):
    prediction = GaussianProcessLearner({}).fit(labelled[0], np.full(25, 0.1), target_error=None, seed=0)
    assert prediction.predict(POINTS).mean == pytest.approx(0.1)
    assert (prediction.predict(POINTS).error > 0).all()


def test_the_stored_model_is_one_file_without_pickle(labelled, tmp_path):
    GaussianProcessLearner({}).fit(*labelled, target_error=None, seed=0).write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["gaussian_process.npz"]
    with np.load(tmp_path / "gaussian_process.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)


@pytest.mark.parametrize("settings", [{"kernel": "linear"}, {"noise_floor": 0}, {"n_restarts": -1}, {"alpha": 1}])
def test_settings_that_mean_nothing_are_refused(settings):
    with pytest.raises(InputError, match="learner settings"):
        GaussianProcessLearner(settings)


def test_a_negative_error_is_refused(labelled):
    with pytest.raises(InputError, match="not negative"):
        GaussianProcessLearner({}).fit(*labelled, target_error=np.full(25, -1.0), seed=0)
