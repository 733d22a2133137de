"""Tests that a suite was given after the training of a method."""

from dataclasses import dataclass, replace

from mmpose_scgcn.apis import build_model

from torch import nn

from .commit import source_commit
from .predictor import Predictor, made_of
from .results import Accuracy, Results, RunRecord
from .scoring import score_all, score_model
from .settings import settings_of
from .suite import Method
from .tasks import Task, write_errors
from .training import method_config
from .workspace import Workspace

#: Figures of the same weights differ by less, from machine to machine.
SAME = 1e-3


@dataclass(frozen=True)
class LaterTest(Task):
    """Test a finished run where its suite was given tests after it."""

    name: str
    seed: int

    slug_form = 'test_{name}_{seed}'
    label_form = 'tests of {name}, seed {seed}'

    def methods(self, space: Workspace) -> list[Method]:
        """List the method."""
        return [space.suite.method(self.name)]

    def check(self, space: Workspace) -> None:
        """Check that the run's weights are here, and can be told."""
        predictor = space.suite.method(self.name).predictor
        if predictor:
            self._check_parts(space, predictor)
            return
        self._weights(space)
        if not set(space.suite.tests) & set(self._run(space).tests):
            raise ValueError('no test that the run has tells its weights')

    def execute(self, space: Workspace) -> RunRecord | str:
        """Test with the weights of the run, once they are known to be its.

        Returns:
            RunRecord | str: The run with these tests; or why not.
        """
        suite, run = space.suite, self._run(space)
        method, work_dir = suite.method(self.name), space.folder(self.slug)
        model: nn.Module | Predictor
        if method.predictor:
            cfg, model = method_config(method, work_dir), method.predictor
            model.load(cfg)
        else:
            weights = self._weights(space)
            cfg = method_config(method, work_dir, run.options)
            model = build_model(cfg, weights)
            known = next(name for name in suite.tests if name in run.tests)
            found = score_model(suite, cfg, model, known)
            if difference := _difference(run.tests[known], found):
                reason = f'expected weights with {difference} on {known}'
                return f'{reason}: {weights}'
        missing = [name for name in suite.tests if name not in run.tests]
        folder = space.run_folder(self.name, self.seed)
        tests = score_all(suite, cfg, model, missing, folder)
        marks = dict.fromkeys(tests, source_commit())
        settings = settings_of(suite, method)
        return replace(
            run,
            tests={**run.tests, **tests},
            tested_at={**run.tested_at, **marks},
            settings={**run.settings, **{t: settings[t] for t in tests}},
        )

    def record(self, known: Results, found: RunRecord | str) -> str:
        """Put the run in the place of the one without these tests."""
        if isinstance(found, str):
            return f'not tested: {self.label}: {found}'
        known.add_run(found)
        return f'{self.label}: {write_errors(found.tests)}'

    def _check_parts(self, space: Workspace, predictor: Predictor) -> None:
        """Check that a predictor is here, and is that of the run."""
        if predictor.absent:
            raise ValueError(predictor.absent)
        if made_of(predictor) != self._run(space).made_of:
            raise ValueError('it has changed, and is run again')

    def _run(self, space: Workspace) -> RunRecord:
        runs = space.known.of(self.name)
        return next(run for run in runs if run.seed == self.seed)

    def _weights(self, space: Workspace) -> str:
        method = space.suite.method(self.name)
        weights = space.weights(method, self.seed)
        if weights is None:
            folder = space.run_folder(self.name, self.seed)
            where = method.checkpoint or f'in {folder}'
            raise ValueError(f'no weights {where}')
        return weights


def _difference(known: Accuracy, found: Accuracy) -> str:
    """Tell by which figure two models differ, if they do."""
    for name in ('NME', 'median', 'AUC@0.10'):
        old, new = known.figures[name], found.figures[name]
        if not abs(new - old) <= SAME * abs(old):
            return (
                f'{name} {100 * old:.3f} %, as the run has, got '
                f'{100 * new:.3f} %'
            )
    return ''
