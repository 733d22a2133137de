"""A method trained with a seed, and tested."""

from dataclasses import dataclass
from typing import Any

from mmpose_scgcn.apis import build_model

from ..commit import source_commit
from ..results import Failure, Results, RunRecord, run_key
from ..scoring import score_all
from ..suite import Method, Suite
from ..training import method_config, note_weights, train_method
from ..workspace import Workspace
from .task import Task, write_errors
from .trial import Trial, best_rate


@dataclass(frozen=True)
class Run(Task):
    """Train a method with a seed and test it.

    A method with a checkpoint is tested only.
    """

    name: str
    seed: int

    slug_form = '{name}_{seed}'
    label_form = '{name}, seed {seed}'

    def methods(self, space: Workspace) -> list[Method]:
        """List the method."""
        return [space.suite.method(self.name)]

    def needs(self, suite: Suite) -> list[Task]:
        """List the search for its learning rate, and what it starts from."""
        method = suite.method(self.name)
        tasks: list[Task] = []
        if method.group and suite.search:
            tasks += [Trial(method.group, v) for v in suite.search.values]
        if method.start:
            seed, *_ = suite.method(method.start).seeds
            tasks.append(Run(method.start, seed))
        return tasks

    def check(self, space: Workspace) -> None:
        """Check learning rate and weights to start from."""
        method = space.suite.method(self.name)
        self._rate(space, method)
        self._start(space, method)

    def execute(self, space: Workspace) -> RunRecord:
        """Train, test all, and note which weights the training found."""
        suite, folder = space.suite, space.folder(self.slug)
        method = suite.method(self.name)
        facts: dict[str, Any] = {}
        if method.checkpoint:
            cfg = method_config(method, folder)
            model = build_model(cfg, method.checkpoint)
            facts['checkpoint'] = method.checkpoint
        else:
            options, start = self._rate(space, method), method.start
            weights = self._start(space, method)
            trained = train_method(method, self.seed, folder, options, weights)
            cfg, model = trained.cfg, trained.model
            facts.update(trained.facts, options=options, start=start)
        tests = score_all(suite, cfg, model, suite.tests, folder)
        if not method.checkpoint:
            note_weights(folder, trained.weights)
        return RunRecord(self.name, self.seed, tests, source_commit(), **facts)

    def record(self, known: Results, found: RunRecord) -> str:
        """Add the run, but not again if it was done for its weights."""
        if run_key(found) not in map(run_key, known.runs):
            known.add_run(found)
        seconds = found.train_seconds or 0
        return f'{self.label}: {write_errors(found.tests)}, {seconds:.0f} s'

    def record_failure(self, known: Results, reason: str) -> None:
        """Add the failure."""
        known.add_failure(Failure(self.name, self.seed, reason))

    def _rate(self, space: Workspace, method: Method) -> dict[str, float]:
        """Give the learning rate of the method's group, if it has one."""
        search = space.suite.search
        if not method.group or search is None:
            return {}
        return {search.option: best_rate(search, space.known, method.group)}

    def _start(self, space: Workspace, method: Method) -> str | None:
        """Give the weights that the method starts from, if any."""
        if not method.start:
            return None
        start = space.suite.method(method.start)
        weights = space.weights(start, start.seeds[0])
        if weights is None:
            folder = space.run_folder(start.name, start.seeds[0])
            raise ValueError(
                f'{start.name} has left no weights to start from in {folder}'
            )
        return weights
