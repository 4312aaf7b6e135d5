from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aiida_matal.science.landscape.columns import CRITERION, KAPPA, WANTED, vector
from aiida_matal.science.landscape.sampling.base import Proposals
from aiida_matal.science.landscape.sampling.curvature import FindWellsCriterion
from aiida_matal.science.landscape.sampling.decision import Decision
from aiida_matal.science.landscape.sampling.known_regions import EndpointsCriterion


@pytest.fixture
def decision():
    criteria = {"ends": EndpointsCriterion({}), "wells": FindWellsCriterion({})}
    proposals = {
        "ends": Proposals(np.array([[0.0, 0.0], [1.0, 0.0]]), np.full(2, np.nan)),
        "wells": Proposals(np.array([[0.5, 0.4], [0.5, 0.3], [0.5, 0.2]]), np.array([-0.1, -0.2, -0.3])),
    }
    whole = Decision.of(criteria, proposals, {"idle": "idle proposes nothing: it needs a model"})
    novelty = np.array([0.2, 0.0, 0.1, 0.4, 0.3])
    return replace(whole, novelty=novelty, retained=np.array([True, False, False, True, True]))


def test_rows_are_ranked_and_say_why(decision):
    table = decision.table(3)
    assert table["id"].tolist() == [
        "r03_ends_00000",
        "r03_wells_00001",
        "r03_wells_00002",
        "r03_wells_00000",
        "r03_ends_00001",
        "r03_idle",
    ]
    assert table["rank"].tolist() == list(range(6))
    assert table["chosen"].tolist() == [True] * 3 + [False] * 3
    assert table["open"].tolist() == [True] * 5 + [False]
    assert table["reason"].tolist() == [
        "asked for by ends",
        "asked for by wells: minus the norm of mu = -0.2 eV",
        "asked for by wells: minus the norm of mu = -0.3 eV",
        "not novel: its novelty is below the thresholds; asked for by wells",
        "not novel: a labelled point is too close; asked for by ends",
        "idle proposes nothing: it needs a model",
    ]
    assert vector(table, WANTED)[3].tolist() == [0.5, 0.4]
    assert table["novelty"][:5].tolist() == [0.2, 0.4, 0.3, 0.1, 0.0]
    assert np.isnan(vector(table, WANTED)[5]).all()


def test_candidates_are_the_chosen_rows_with_their_bias(decision):
    kappa = decision.eta + 0.01
    candidates = decision.candidates(3, kappa)
    assert candidates["id"].tolist() == decision.table(3)["id"][:3].tolist()
    assert candidates[CRITERION].tolist() == ["ends", "wells", "wells"]
    assert vector(candidates, WANTED).tolist() == [[0.0, 0.0], [0.5, 0.3], [0.5, 0.2]]
    assert vector(candidates, KAPPA) == pytest.approx(vector(candidates, WANTED) + 0.01)


def test_a_decision_may_take_nothing(decision):
    nothing = replace(decision, retained=np.zeros(5, dtype=bool))
    assert len(nothing.candidates(0, nothing.eta)) == 0
    assert nothing.candidates(0, nothing.eta).columns == decision.candidates(0, decision.eta).columns
    assert not nothing.table(0)["chosen"].any()
