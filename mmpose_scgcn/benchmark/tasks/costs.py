"""The costs of the methods of a benchmark."""

from dataclasses import dataclass

from ..costs import measure_costs
from ..results import Cost, Results
from ..suite import Method
from ..workspace import Workspace
from .task import Task


@dataclass(frozen=True)
class Costs(Task):
    """Measure what the methods that have been run cost, side by side."""

    slug_form = label_form = 'costs'

    def methods(self, space: Workspace) -> list[Method]:
        """List the methods that have been run."""
        return [m for m in space.suite.methods if space.known.of(m.name)]

    def execute(self, space: Workspace) -> dict[str, Cost]:
        """Measure all of them in one process."""
        return measure_costs(self.methods(space), space.folder(self.slug))

    def record(self, known: Results, found: dict[str, Cost]) -> str:
        """Put these costs in the place of all others."""
        known.costs = found
        return f'costs of {len(found)} methods'
