"""The tasks of a benchmark: each is executed in a process of its own."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from mmpose_scgcn.apis import build_model

from .commit import source_commit
from .costs import measure_costs
from .predictor import made_of
from .results import (
    Accuracy,
    Cost,
    Failure,
    Results,
    RunRecord,
    TrialRecord,
    run_key,
    slugify,
)
from .scoring import NotFiniteError, score_all, score_model
from .settings import settings_of
from .suite import Method, Search, Suite
from .training import method_config, note_weights, train_method
from .workspace import Workspace


class Task(ABC):
    """A piece of work of a benchmark: a frozen dataclass of plain values.

    Its values stand in two forms: the name of its folder and its name for
    people.
    """

    slug_form: ClassVar[str]
    label_form: ClassVar[str]

    @property
    def slug(self) -> str:
        """Name of its folder."""
        words = {name: slugify(value) for name, value in vars(self).items()}
        return self.slug_form.format(**words)

    @property
    def label(self) -> str:
        """Name for people."""
        return self.label_form.format(**vars(self))

    @abstractmethod
    def methods(self, space: Workspace) -> list[Method]:
        """List the methods that it trains or tests."""

    def needs(self, suite: Suite) -> Sequence['Task']:
        """List the tasks that come first, if they are to be done at all."""
        return []

    def check(self, space: Workspace) -> None:
        """Raise a ValueError if what it needs has come to nothing."""
        return

    @abstractmethod
    def execute(self, space: Workspace) -> Any:
        """Do it, in a process of its own; what it finds is a record."""

    @abstractmethod
    def record(self, known: Results, found: Any) -> str:
        """Add what was found to the results, and say it in a line."""

    def record_failure(self, known: Results, reason: str) -> None:
        """Add to the results that it failed, if they have a place for it."""
        return


@dataclass(frozen=True)
class Trial(Task):
    """Try a learning rate for a group of methods."""

    group: str
    value: float

    slug_form = 'search_{group}_{value}'
    label_form = 'learning rate {value:g} for {group}'

    def methods(self, space: Workspace) -> list[Method]:
        """List the method that stands for the group."""
        return [space.suite.method(_search(space.suite).groups[self.group])]

    def execute(self, space: Workspace) -> TrialRecord:
        """Train for a short time, and test."""
        search, (method,) = _search(space.suite), self.methods(space)
        options = {**search.options, search.option: self.value}
        folder = space.folder(self.slug)
        trained = train_method(method, search.seed, folder, options)
        figures: Mapping[str, float] = {}
        try:
            figures = score_model(
                space.suite, trained.cfg, trained.model, search.test
            ).figures
        except NotFiniteError as error:
            print(error)
        note_weights(folder, trained.weights)
        return TrialRecord(
            self.group,
            method.name,
            self.value,
            figures.get('NME'),
            figures.get('median'),
            round(trained.seconds, 1),
            source_commit(),
        )

    def record(self, known: Results, found: TrialRecord) -> str:
        """Add the trial."""
        known.add_trial(found)
        error = 'nothing' if found.NME is None else f'{100 * found.NME:.2f} %'
        return f'{self.label}: {error}'


@dataclass(frozen=True)
class Run(Task):
    """Train a method with a seed and test it.

    A method with a checkpoint or a predictor is tested only.
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
            values = suite.search.values_of(method.group)
            tasks += [Trial(method.group, value) for value in values]
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
        facts: dict[str, Any] = {'settings': settings_of(suite, method)}
        if method.checkpoint:
            cfg = method_config(method, folder)
            model = build_model(cfg, method.checkpoint)
            facts['checkpoint'] = method.checkpoint
        elif method.predictor:
            cfg, model = method_config(method, folder), method.predictor
            facts['made_of'] = made_of(model)
            facts['options'] = dict(model.load(cfg))
        else:
            options, start = self._rate(space, method), method.start
            weights = self._start(space, method)
            trained = train_method(method, self.seed, folder, options, weights)
            cfg, model = trained.cfg, trained.model
            facts.update(trained.facts, options=options, start=start)
        tests = score_all(suite, cfg, model, suite.tests, folder)
        if method.trained:
            note_weights(folder, trained.weights)
        return RunRecord(self.name, self.seed, tests, source_commit(), **facts)

    def record(self, known: Results, found: RunRecord) -> str:
        """Add the run, but not again if it was done for its weights.

        What is not trained is run again when it has changed, and costs
        something else then.
        """
        if run_key(found) not in map(run_key, known.runs):
            known.add_run(found)
        elif found.train_seconds is None:
            known.add_run(found)
            known.costs.pop(self.name, None)
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


@dataclass(frozen=True)
class Costs(Task):
    """Measure what the methods that have been run cost, side by side."""

    slug_form = label_form = 'costs'

    def methods(self, space: Workspace) -> list[Method]:
        """List the methods that have been run, and can be here."""
        return [
            method
            for method in space.suite.methods
            if space.known.of(method.name) and not method.absent
        ]

    def execute(self, space: Workspace) -> dict[str, Cost]:
        """Measure all of them in one process."""
        return measure_costs(self.methods(space), space.folder(self.slug))

    def record(self, known: Results, found: dict[str, Cost]) -> str:
        """Put these costs in the place of those of the same rows.

        Rows that cannot be measured here keep theirs.
        """
        known.costs = {**known.costs, **found}
        return f'costs of {len(found)} methods'


def best_rate(search: Search, known: Results, group: str) -> float:
    """Choose the learning rate of a group, that of the smallest error.

    Raises:
        ValueError: A value has not been tried, or none came to anything.
    """
    tried = {t.value: t.NME for t in known.search if t.group == group}
    values = search.values_of(group)
    if not tried.keys() >= set(values):
        raise ValueError(f'the search for the group {group} is not complete')
    found = [(tried[value], value) for value in values]
    good = [(nme, value) for nme, value in found if nme is not None]
    if not good:
        raise ValueError(f'no learning rate suits the group {group}')
    return min(good)[1]


def _search(suite: Suite) -> Search:
    """Give the search of a suite that has one."""
    if suite.search is None:
        raise ValueError(f'{suite.path}: no search for learning rates')
    return suite.search


def write_errors(tests: Mapping[str, Accuracy]) -> str:
    """Write the errors of some tests."""
    errors = {name: test.figures['NME'] for name, test in tests.items()}
    return ', '.join(f'{name} {100 * e:.2f} %' for name, e in errors.items())
