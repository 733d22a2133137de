"""What is known of a benchmark, as typed records; errors are fractions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeVar

import numpy as np

#: Errors at which the CED is kept.
CED_ERRORS = np.linspace(0, 0.15, 151)


@dataclass(frozen=True)
class PoseBins:
    """N bins of the pose coefficient, with N + 1 edges.

    ``train`` and ``count`` are the numbers of faces of the training set and
    of the test set in each.
    """

    edges: list[float]
    train: list[int]
    count: list[int]


@dataclass(frozen=True)
class PoseErrors:
    """Mean NME in each bin of the pose, None for an empty bin."""

    bins: PoseBins
    NME: list[float | None]


@dataclass(frozen=True)
class Accuracy:
    """What a model reaches on a test set.

    Args:
        faces (int): Number of faces.
        figures (Mapping[str, float]): ``NME``, ``median``, ``FR@0.08``,
            ``FR@0.10``, ``AUC@0.10``, ``NME_pooled``, and the mean offset of
            the predictions, ``bias_x`` and ``bias_y``. Where faces were
            missed, rates and areas are of all faces, of which a missed one
            has failed, and the others of those that were found.
        subsets (Mapping[str, Accuracy]): The same for each subset.
        ced (list[int]): Faces with at most each of ``CED_ERRORS``.
        pose (PoseErrors, optional): Errors by pose.
        missed (int, optional): Faces that were not found, of a method that
            may miss some.
    """

    faces: int
    figures: Mapping[str, float]
    subsets: Mapping[str, 'Accuracy'] = field(default_factory=dict)
    ced: list[int] = field(default_factory=list)
    pose: PoseErrors | None = None
    missed: int | None = None


@dataclass(frozen=True)
class RunRecord:
    """A method that was trained with a seed, and tested.

    ``val_curve`` is the NME on the validation set over the training;
    ``options`` are the settings of the config that were searched for, by
    dotted key; ``precision`` is the number format that the network was
    trained in (``float32``, ``bfloat16`` or ``float16``); ``start`` is the
    method whose weights it started from, and
    ``checkpoint`` what was tested instead of trained. Tests that came later
    have their commits in ``tested_at``. Of a predictor ``options`` are what
    it has chosen, and ``made_of`` are its files and packages, with the first
    digits of their hashes and with versions. ``settings`` are the digests of
    what training and tests depend on
    (:func:`~mmpose_scgcn.benchmark.settings.settings_of`).
    """

    method: str
    seed: int
    tests: Mapping[str, Accuracy]
    commit: str = 'unknown'
    train_seconds: float | None = None
    iterations: int | None = None
    val_curve: list[float] = field(default_factory=list)
    options: Mapping[str, Any] = field(default_factory=dict)
    precision: str = ''
    start: str = ''
    checkpoint: str = ''
    tested_at: Mapping[str, str] = field(default_factory=dict)
    made_of: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TrialRecord:
    """A learning rate that was tried; errors are None if it diverged."""

    group: str
    method: str
    value: float
    NME: float | None = None
    median: float | None = None
    train_seconds: float | None = None
    commit: str = 'unknown'


@dataclass(frozen=True)
class Failure:
    """A run that ended with an error, and the last line that it left."""

    method: str
    seed: int
    error: str


@dataclass(frozen=True)
class Cost:
    """What a method costs; None for what was not measured.

    ``macs`` are multiplications of one image, in convolutions and matrix
    products; ``step_ms`` is forward, backward and update of one batch;
    latencies are from crops to keypoints, of one image and of 32;
    ``network_ms`` ends at the output of the head. The latency of a predictor
    is from a whole image to keypoints.
    """

    parameters: int | None = None
    macs: int | None = None
    step_ms: float | None = None
    latency_ms: float | None = None
    latency_batch32_ms: float | None = None
    network_ms: float | None = None


@dataclass
class Results:
    """What is known of a benchmark: runs, trials, failures and costs.

    There is one run or failure for each method and seed, one trial for each
    group and value, and one cost for each method.
    """

    runs: list[RunRecord] = field(default_factory=list)
    search: list[TrialRecord] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)
    costs: dict[str, Cost] = field(default_factory=dict)

    def add_run(self, run: RunRecord) -> None:
        """Add a run, or replace that of the same method and seed."""
        self.runs = _add(self.runs, run, run_key)
        key = run_key(run)
        self.failed = [fail for fail in self.failed if run_key(fail) != key]

    def add_trial(self, trial: TrialRecord) -> None:
        """Add a trial, or replace that of the same group and value."""
        self.search = _add(self.search, trial, trial_key)

    def add_failure(self, failure: Failure) -> None:
        """Keep that a run failed, and why."""
        self.failed = _add(self.failed, failure, run_key)

    def of(self, method: str) -> list[RunRecord]:
        """List the runs of a method by seed."""
        return [run for run in self.runs if run.method == method]

    def tests_of(self, method: str, test: str) -> list[Accuracy]:
        """List what the runs of a method reach in a test, by seed.

        There is nothing unless each run has been tested.
        """
        runs = self.of(method)
        if any(test not in run.tests for run in runs):
            return []
        return [run.tests[test] for run in runs]


Record = TypeVar('Record')
#: What tells runs and trials apart.
run_key = attrgetter('method', 'seed')
trial_key = attrgetter('group', 'value')


def slugify(*words: object) -> str:
    """Make a name for the file system, such as that of a run's folder."""
    return '_'.join(
        ''.join(c if c.isalnum() or c == '.' else '-' for c in str(word))
        for word in words
    )


def _add(
    records: Iterable[Record], record: Record, key: Callable[[Record], Any]
) -> list[Record]:
    """Add a record in the order of the keys; one of the same key goes."""
    return sorted(
        {**{key(r): r for r in records}, key(record): record}.values(), key=key
    )
