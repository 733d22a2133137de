"""A learning rate that is tried for a group of methods."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..commit import source_commit
from ..results import Results, TrialRecord
from ..scoring import score_model
from ..suite import Method, Search, Suite
from ..training import train_method
from ..workspace import Workspace
from .task import Task


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
        except ValueError as error:  # predictions that are not finite
            print(error)
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


def best_rate(search: Search, known: Results, group: str) -> float:
    """Choose the learning rate of a group, that of the smallest error.

    Raises:
        ValueError: A value has not been tried, or none came to anything.
    """
    tried = {t.value: t.NME for t in known.search if t.group == group}
    if not tried.keys() >= set(search.values):
        raise ValueError(f'the search for the group {group} is not complete')
    found = [(tried[value], value) for value in search.values]
    good = [(nme, value) for nme, value in found if nme is not None]
    if not good:
        raise ValueError(f'no learning rate suits the group {group}')
    return min(good)[1]


def _search(suite: Suite) -> Search:
    """Give the search of a suite that has one."""
    if suite.search is None:
        raise ValueError(f'{suite.path}: no search for learning rates')
    return suite.search
