from __future__ import annotations

import json
from io import BytesIO

import numpy as np
import pytest
from aiida.common.exceptions import ValidationError
from aiida.orm import QueryBuilder, load_node

from aiida_matal.data.model import ModelData
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner
from aiida_matal.science.learning.model_files import ModelCard, read_model, write_model

SCORES = {"cv_rmse": 0.25, "cv_mae": 0.2}


@pytest.fixture
def folder(tmp_path):
    """The files of a Gaussian process in two features."""
    features = np.random.default_rng(0).uniform(size=(6, 2))
    learner = GaussianProcessLearner({"n_restarts": 0})
    model = learner.fit(features, features.sum(axis=1), target_error=None, seed=1)
    target = tmp_path / "model"
    card = ModelCard(kind="gaussian_process", features=["u", "v"], target="energy", unit="kJ/mol")
    write_model(target, model, card)
    return target


def test_files_of_a_model_come_back_from_the_database(folder, tmp_path):
    node = load_node(ModelData.from_folder(folder, SCORES).store().pk)
    again = tmp_path / "again"
    node.base.repository.copy_tree(again)
    points = np.random.default_rng(1).uniform(size=(5, 2))
    expected = read_model(folder)[0].predict(points)
    found = read_model(again)[0].predict(points)
    np.testing.assert_array_equal(found.mean, expected.mean)
    np.testing.assert_array_equal(found.error, expected.error)
    assert (node.kind, node.features, node.scores) == ("gaussian_process", ["u", "v"], SCORES)


def test_card_and_scores_can_be_queried(folder):
    node = ModelData.from_folder(folder, SCORES).store()
    query = QueryBuilder()
    filters = {
        "attributes.kind": "gaussian_process",
        "attributes.target": "energy",
        "attributes.unit": "kJ/mol",
        "attributes.features": {"contains": ["v"]},
        "attributes.scores.cv_rmse": {"<": 0.3},
    }
    query.append(ModelData, filters=filters, project="uuid")
    assert [node.uuid] in query.all()
    query.add_filter(ModelData, {"attributes.scores.cv_rmse": {"<": 0.2}})
    assert query.count() == 0


def test_checksum_that_is_not_the_files_is_refused(folder):
    card = json.loads((folder / "card.json").read_text())
    (name,) = card["sha256"]
    card["sha256"][name] = "0" * 64
    (folder / "card.json").write_text(json.dumps(card))
    with pytest.raises(ValidationError, match=f"file {name} is not the one the model was made of"):
        ModelData.from_folder(folder, SCORES)


def test_changed_file_is_refused(folder):
    path = folder / "gaussian_process.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValidationError, match=r"file gaussian_process\.npz is not the one"):
        ModelData.from_folder(folder, SCORES)


@pytest.mark.parametrize("change", ["extra", "missing"])
def test_files_that_are_not_on_the_card_are_refused(folder, change):
    if change == "extra":
        (folder / "extra.txt").write_text("?")
    else:
        (folder / "gaussian_process.npz").unlink()
    with pytest.raises(ValidationError, match="and the model's card disagree"):
        ModelData.from_folder(folder, SCORES)


def test_file_changed_in_the_node_is_not_stored(folder):
    node = ModelData.from_folder(folder, SCORES)
    node.base.repository.put_object_from_filelike(BytesIO(b"another model"), "gaussian_process.npz")
    with pytest.raises(ValidationError, match="is not the one the model was made of"):
        node.store()


def test_node_without_checksums_is_not_stored(folder):
    with pytest.raises(ValidationError, match="no checksums"):
        ModelData(tree=str(folder)).store()


def test_equal_models_have_equal_hashes(folder):
    first, second = (ModelData.from_folder(folder, SCORES) for _ in range(2))
    assert first.store().base.caching.get_hash() == second.store().base.caching.get_hash()
