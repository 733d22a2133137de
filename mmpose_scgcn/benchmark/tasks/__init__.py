"""The tasks of a benchmark: each is executed in a process of its own."""

from .costs import Costs
from .later_test import LaterTest
from .run import Run
from .task import Task
from .trial import Trial

#: By the name that a process is told.
TASKS: dict[str, type[Task]] = {
    kind.__name__: kind for kind in (Run, LaterTest, Trial, Costs)
}

__all__ = ['TASKS', 'Costs', 'LaterTest', 'Run', 'Task', 'Trial']
