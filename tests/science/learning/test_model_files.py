from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.gaussian_process import GaussianProcessLearner
from aiida_matal.science.learning.lightgbm import LightGBMLearner, LightGBMModel
from aiida_matal.science.learning.model_files import ModelCard, read_model, write_model

FEATURES = np.random.default_rng(0).normal(size=(12, 2))
TARGET = FEATURES[:, 0]
LEARNERS = {
    "lightgbm": LightGBMLearner({"num_boost_round": 3}),
    "gaussian_process": GaussianProcessLearner({"n_restarts": 0}),
}


def card(kind="lightgbm"):
    return ModelCard(kind=kind, features=["u", "v"], target="energy", unit="eV")


@pytest.fixture
def folder(tmp_path):
    write_model(tmp_path / "model", LEARNERS["lightgbm"].fit(FEATURES, TARGET, target_error=None, seed=0), card())
    return tmp_path / "model"


def change_card(folder, **changes):
    content = json.loads((folder / "card.json").read_text())
    (folder / "card.json").write_text(json.dumps(content | changes))


@pytest.mark.parametrize("kind", LEARNERS)
def test_a_model_is_read_as_it_was_written(tmp_path, kind):
    model = LEARNERS[kind].fit(FEATURES, TARGET, target_error=None, seed=0)
    written = write_model(tmp_path / "model", model, card(kind))
    again, card_again = read_model(tmp_path / "model")
    assert np.array_equal(again.predict(FEATURES).mean, model.predict(FEATURES).mean)
    assert card_again == written


def test_the_card_holds_the_sha256_of_each_file(folder):
    digest = hashlib.sha256((folder / "lightgbm.txt").read_bytes()).hexdigest()
    assert read_model(folder)[1].sha256 == {"lightgbm.txt": digest}


def test_a_changed_file_is_refused_before_it_is_read(folder, monkeypatch):
    def read(folder):
        raise AssertionError("the file was read")

    monkeypatch.setattr(LightGBMModel, "read", read)
    content = (folder / "lightgbm.txt").read_bytes()
    for changed in (content[:-1], content[: len(content) // 2], content.replace(b"1", b"2", 1), b""):
        (folder / "lightgbm.txt").write_bytes(changed)
        with pytest.raises(InputError, match="sha256"):
            read_model(folder)


def test_a_missing_file_and_one_too_many_are_refused(folder):
    (folder / "extra.txt").write_text("x")
    with pytest.raises(InputError, match=r"\['extra.txt'\]"):
        read_model(folder)
    (folder / "extra.txt").unlink()
    (folder / "lightgbm.txt").unlink()
    with pytest.raises(InputError, match=r"\['lightgbm.txt'\]"):
        read_model(folder)


def test_a_link_is_refused_even_to_the_right_content(folder, tmp_path):
    (folder / "lightgbm.txt").rename(tmp_path / "elsewhere.txt")
    (folder / "lightgbm.txt").symlink_to(tmp_path / "elsewhere.txt")
    with pytest.raises(InputError, match=r"lightgbm\.txt"):
        read_model(folder)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "a/b", "..", ".", "", "card.json", "a\\b"])
def test_a_name_that_leaves_the_folder_is_refused(folder, name):
    change_card(folder, sha256={name: "0" * 64})
    with pytest.raises(InputError, match="not the name of a file beside the card"):
        read_model(folder)


def test_a_card_that_cannot_be_used_is_refused(folder):
    change_card(folder, sha256={})
    with pytest.raises(InputError, match="not those of the card"):
        read_model(folder)
    change_card(folder, author="me")
    with pytest.raises(InputError, match=r"card\.json\.author"):
        read_model(folder)
    for content in ("", "[1]", "{", "null"):
        (folder / "card.json").write_text(content)
        with pytest.raises(InputError, match="not a JSON object"):
            read_model(folder)
    (folder / "card.json").unlink()
    with pytest.raises(InputError, match=r"no card\.json"):
        read_model(folder)


def test_a_learner_that_is_not_registered_is_refused(folder):
    change_card(folder, kind="forest")
    with pytest.raises(InputError, match="learners: 'forest'"):
        read_model(folder)


def test_a_model_is_not_written_over_another(folder):
    with pytest.raises(InputError, match="not empty"):
        write_model(folder, LEARNERS["lightgbm"].fit(FEATURES, TARGET, target_error=None, seed=0), card())
