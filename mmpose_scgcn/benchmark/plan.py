"""Which tasks of a benchmark are missing."""

from collections.abc import Collection

from .results import Cost, run_key, trial_key
from .suite import Method
from .tasks import Costs, LaterTest, Run, Task, Trial
from .workspace import Workspace


def missing_tasks(space: Workspace, only: Collection[str] = ()) -> list[Task]:
    """List the tasks that have no result yet, in their order.

    Methods whose weights are absent, and runs whose weights are, so that
    they cannot be tested where their suite was given tests after them, are
    named on the standard output.

    Args:
        space (Workspace): The benchmark.
        only (Collection[str]): Names of the methods, and what they start
            from comes too; all methods without. Defaults to ().

    Returns:
        list[Task]: Later tests, the search for learning rates, then runs.
    """
    runs = _missing_runs(space, only)
    return [*_later_tests(space, only), *_trials(space, runs), *runs]


def costs_are_missing(space: Workspace) -> bool:
    """Tell whether a method has been run whose costs are not known."""
    return any(
        space.known.costs.get(method.name, Cost()).macs is None
        for method in Costs().methods(space)
    )


def _missing_runs(space: Workspace, only: Collection[str]) -> list[Run]:
    """List runs without a result, after those that they start from."""
    done = set(map(run_key, space.known.runs))
    missing = [
        (method, seed)
        for method, seed in space.suite.runs
        if (method.name, seed) not in done
        and (not only or method.name in only)
    ]
    for method, _ in missing:
        if method.absent:
            print(f'absent: {method.name}: no file {method.checkpoint}')
    methods = [method for method, _ in missing if not method.absent]
    runs = [Run(m.name, seed) for m, seed in missing if not m.absent]
    return [*_starts(space, methods, runs), *runs]


def _starts(
    space: Workspace, methods: list[Method], runs: list[Run]
) -> list[Run]:
    """List the runs that others start from, where there are no weights.

    Those that have a result too.
    """
    starts: dict[Run, None] = {}
    for name in [method.start for method in methods if method.start]:
        start = space.suite.method(name)
        run = Run(name, start.seeds[0])
        if run not in runs and space.weights(start, run.seed) is None:
            starts[run] = None
    return list(starts)


def _trials(space: Workspace, runs: list[Run]) -> list[Task]:
    """List what is missing of the search for the runs' learning rates."""
    tried = set(map(trial_key, space.known.search))
    wanted = [task for run in runs for task in run.needs(space.suite)]
    search = space.suite.search
    return [
        trial
        for group in (search.groups if search else ())
        for value in (search.values if search else ())
        if (trial := Trial(group, value)) in wanted
        and (group, value) not in tried
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
