"""Independent computations on threads, with their results in a file that only grows."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiida_matal.science.errors import InputError

#: Seconds between two lines about the progress.
REPORT_EVERY = 10.0


@dataclass(frozen=True)
class Job:
    """A computation whose result JSON can hold.

    :ivar id: name of the computation.
    :ivar question: all that the result depends on, as JSON can hold it.
    :ivar compute: returns the result; runs on a thread.
    """

    id: str
    question: Mapping[str, Any]
    compute: Callable[[], Mapping[str, Any]]

    @property
    def digest(self) -> str:
        """What tells another question from this one."""
        text = json.dumps(self.question, sort_keys=True, allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def run_jobs(
    jobs: Sequence[Job], path: Path, n_threads: int = 1, report: Callable[[str], None] = print
) -> list[dict[str, Any]]:
    """Return the results of all jobs, in their order, whatever the number of threads.

    Each result is appended to ``path`` when it is there, as a line of JSON with ``id``, ``digest``, ``seconds`` of
    processor time and ``result``. What the file holds already is not computed again; a line that was cut off, or that
    answers another question, counts for nothing.

    :param report: receives a line about the progress now and then.
    :raises InputError: if two jobs have one id.
    """
    digests = {job.id: job.digest for job in jobs}
    if len(digests) < len(jobs):
        raise InputError("id", [job.id for job in jobs], "an id is there twice", "Give each its own id.")
    done = _read(path, digests)
    missing = [job for job in jobs if job.id not in done]
    if missing:
        _cut_broken_end(path)
        with path.open("a", encoding="utf-8") as handle, ThreadPoolExecutor(max_workers=n_threads) as threads:
            futures = [threads.submit(_line, job, digests[job.id]) for job in missing]
            last_report = time.monotonic()
            try:
                for future in as_completed(futures):
                    line = future.result()
                    handle.write(line + "\n")
                    handle.flush()
                    entry = json.loads(line)
                    done[entry["id"]] = entry
                    if time.monotonic() - last_report > REPORT_EVERY or len(done) == len(jobs):
                        last_report = time.monotonic()
                        report(f"{len(done)} of {len(jobs)} done")
            finally:
                for future in futures:
                    future.cancel()
    return [done[job.id] for job in jobs]


def _line(job: Job, digest: str) -> str:
    began = time.thread_time()
    result = dict(job.compute())
    seconds = round(time.thread_time() - began, 3)
    return json.dumps({"id": job.id, "digest": digest, "seconds": seconds, "result": result}, allow_nan=False)


def _read(path: Path, digests: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Return the entries of the file that answer the questions asked, by id."""
    done: dict[str, dict[str, Any]] = {}
    if not path.exists():
        return done
    for line in path.read_bytes().splitlines():
        try:
            entry = json.loads(line)
            if digests.get(entry["id"]) == entry["digest"] and isinstance(entry["result"], dict):
                done[entry["id"]] = {"seconds": 0.0, **entry}
        except (ValueError, KeyError, TypeError):
            continue
    return done


def _cut_broken_end(path: Path) -> None:
    """End a last line that was cut off, so that the next one begins afresh."""
    if path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size:
        with path.open("ab") as handle:
            handle.write(b"\n")
