import json
import time

import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.monte_carlo.journal import Job, run_jobs


class Counter:
    def __init__(self):
        self.computed = []

    def jobs(self, names, question="as before"):
        return [Job(name, {"what": question, "name": name}, lambda name=name: self.compute(name)) for name in names]

    def compute(self, name):
        self.computed.append(name)
        return {"third": len(name) / 3}


@pytest.fixture
def counter():
    return Counter()


def silent(line):
    pass


@pytest.mark.parametrize("n_threads", [1, 2])
def test_results_come_in_the_order_of_the_jobs(tmp_path, n_threads):
    """With two threads the first job ends last: it waits until the result of the second one is written."""
    path = tmp_path / "results.jsonl"

    def slow():
        give_up = time.monotonic() + 30
        while n_threads == 2 and not written(path) and time.monotonic() < give_up:
            time.sleep(0.01)
        return {"value": 1}

    entries = run_jobs([Job("a", {}, slow), Job("b", {}, lambda: {"value": 2})], path, n_threads, silent)
    assert [entry["result"]["value"] for entry in entries] == [1, 2]
    assert written(path) == (["a", "b"] if n_threads == 1 else ["b", "a"])


def written(path):
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


def test_what_is_there_is_not_computed_again(tmp_path, counter):
    path = tmp_path / "results.jsonl"
    run_jobs(counter.jobs(["a", "bb"]), path, report=silent)
    entries = run_jobs(counter.jobs(["bb", "ccc", "a"]), path, report=silent)
    assert [entry["result"]["third"] for entry in entries] == [2 / 3, 1, 1 / 3]
    assert counter.computed == ["a", "bb", "ccc"]


@pytest.mark.parametrize("n_lost", range(1, 160, 10))
def test_a_line_that_was_cut_off_is_computed_again(tmp_path, counter, n_lost):
    path = tmp_path / "results.jsonl"
    jobs = counter.jobs(["a", "bb"])
    whole = run_jobs(jobs, path, report=silent)
    text = path.read_bytes()
    path.write_bytes(text[:-n_lost])
    entries = run_jobs(jobs, path, report=silent)
    assert [entry["result"] for entry in entries] == [entry["result"] for entry in whole]
    assert counter.computed[:2] == ["a", "bb"]
    # Without the end of the line alone, nothing is lost.
    assert "bb" not in counter.computed[2:] if n_lost == 1 else "bb" in counter.computed[2:]
    # The file is whole again: nothing more is computed from it.
    n_computed = len(counter.computed)
    run_jobs(jobs, path, report=silent)
    assert len(counter.computed) == n_computed


def test_another_question_is_no_answer(tmp_path, counter):
    path = tmp_path / "results.jsonl"
    run_jobs(counter.jobs(["a"]), path, report=silent)
    run_jobs(counter.jobs(["a"], question="another"), path, report=silent)
    assert counter.computed == ["a", "a"]


@pytest.mark.parametrize(
    "line", ["", "not json", "3", "[]", '{"id": "a"}', '{"id": ["a"]}', '{"id": "a", "digest": 1}']
)
def test_lines_of_another_kind_are_passed_over(tmp_path, counter, line):
    path = tmp_path / "results.jsonl"
    path.write_text(line + "\n")
    assert run_jobs(counter.jobs(["a"]), path, report=silent)[0]["result"] == {"third": 1 / 3}


def test_what_was_done_before_a_failure_is_kept(tmp_path, counter):
    def fail():
        raise RuntimeError("it broke")

    path = tmp_path / "results.jsonl"
    with pytest.raises(RuntimeError, match="it broke"):
        run_jobs([*counter.jobs(["a"]), Job("b", {}, fail), *counter.jobs(["c"])], path, report=silent)
    assert json.loads(path.read_text().splitlines()[0])["id"] == "a"


def test_repeated_ids_are_refused(tmp_path, counter):
    with pytest.raises(InputError, match="twice"):
        run_jobs(counter.jobs(["a", "a"]), tmp_path / "results.jsonl")


def test_progress_is_reported_at_the_end(tmp_path, counter):
    lines = []
    run_jobs(counter.jobs(["a", "b", "c"]), tmp_path / "results.jsonl", report=lines.append)
    assert lines == ["3 of 3 done"]
