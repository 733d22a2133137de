"""Which tasks of a benchmark are missing."""

from collections.abc import Collection, Sequence

from .later_tests import LaterTest
from .predictor import made_of
from .results import Cost, trial_key
from .suite import Method
from .tasks import Costs, Run, Task, Trial
from .workspace import Workspace


def missing_tasks(space: Workspace, only: Collection[str] = ()) -> list[Task]:
    """List the tasks that have no result yet, in their order.

    Methods without their weights, and runs that cannot be tested later for
    want of weights, are named on the standard output.

    Args:
        space (Workspace): The benchmark.
        only (Collection[str]): Names of the methods, and what they start
            from comes too; all methods without. Defaults to ().

    Returns:
        list[Task]: Later tests, the search for learning rates, then runs.
    """
    runs = _missing_runs(space, only)
    runs = [*_missing_starts(space, runs), *runs]
    tried = set(map(trial_key, space.known.search))
    trials = [
        need
        for run in runs
        for need in run.needs(space.suite)
        if isinstance(need, Trial) and trial_key(need) not in tried
    ]
    return [*_later_tests(space, only), *dict.fromkeys(trials), *runs]


def costs_are_missing(space: Workspace) -> bool:
    """Tell whether a method has been run whose costs are not known."""
    return any(
        _is_unknown(space.known.costs.get(method.name, Cost()), method)
        for method in Costs().methods(space)
    )


def _is_unknown(cost: Cost, method: Method) -> bool:
    return (cost.latency_ms if method.predictor else cost.macs) is None


def _missing_runs(space: Workspace, only: Collection[str]) -> list[Run]:
    runs = []
    for method, seed in space.suite.runs:
        unwanted = only and method.name not in only
        if unwanted or _is_done(space, method, seed):
            continue
        if method.absent:
            print(f'absent: {method.name}: {method.absent}')
        else:
            runs.append(Run(method.name, seed))
    return runs


def _is_done(space: Workspace, method: Method, seed: int) -> bool:
    """Tell whether a run has a result.

    That of a predictor counts as long as it is made of the same files and
    packages.
    """
    done = {run.seed: run for run in space.known.of(method.name)}
    if seed not in done or method.predictor is None or method.absent:
        return seed in done
    return made_of(method.predictor) == done[seed].made_of


def _missing_starts(space: Workspace, runs: Sequence[Run]) -> list[Run]:
    """List what runs start from and has no weights, with a result or not."""
    starts = [
        need
        for run in runs
        for need in run.needs(space.suite)
        if isinstance(need, Run) and need not in runs
    ]
    return [
        start
        for start in dict.fromkeys(starts)
        if not space.weights(space.suite.method(start.name), start.seed)
    ]


def _later_tests(space: Workspace, only: Collection[str]) -> list[Task]:
    """List the runs that were not tested by all tests, and can be."""
    names = {method.name for method in space.suite.methods}
    tasks: list[Task] = []
    for run in space.known.runs:
        unwanted = run.method not in names or (only and run.method not in only)
        if unwanted or set(space.suite.tests) <= set(run.tests):
            continue
        task = LaterTest(run.method, run.seed)
        try:
            task.check(space)
        except ValueError as error:
            print(f'not tested: {task.label}: {error}')
        else:
            tasks.append(task)
    return tasks
