"""One run of a benchmark: a method trained with a seed, and tested."""

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from mmpose_scgcn.apis import build_model

from mmengine.config import Config
from torch import nn

from .suite import Method, Suite
from .testing import test_model
from .training import method_config, note_weights, train_method

_ROOT = Path(__file__).resolve().parents[2]
#: Figures of the same weights differ by less, from machine to machine.
SAME = 1e-3


def run_method(
    suite: Suite,
    method: Method,
    seed: int,
    folder: str | Path,
    options: Mapping | None = None,
    start: str | None = None,
) -> dict:
    """Train a method and test it; test it only where it has a checkpoint.

    Args:
        suite (Suite): The benchmark.
        method (Method): One of its methods.
        seed (int): Of the training.
        folder (str | Path): Folder for logs, checkpoints and predictions.
        options (Mapping, optional): Settings of the config on top of the
            method's, such as the learning rate. Defaults to None.
        start (str, optional): Weights to start from. Defaults to None.

    Returns:
        dict: The run, ready for JSON; errors are fractions.

    Raises:
        FileNotFoundError: Annotations are missing.
        ValueError: Predictions are not finite, or the checkpoint does not
            fit.
    """
    run = dict(
        method=method.name,
        kind=method.kind,
        pooled=method.pooled,
        ours=method.ours,
        seed=seed,
    )
    if method.checkpoint:
        cfg = method_config(method, folder, options)
        model = build_model(cfg, method.checkpoint)
        run.update(tests=_test_all(suite, cfg, model, Path(folder)))
        return dict(run, checkpoint=method.checkpoint, commit=commit())
    trained = train_method(method, seed, folder, options, start)
    run.update(
        tests=_test_all(suite, trained.cfg, trained.model, Path(folder)),
        train_seconds=round(trained.seconds, 1),
        iterations=trained.iterations,
        val_curve=[round(value, 6) for value in trained.curve],
        commit=commit(),
    )
    if options:
        run['options'] = dict(options)
    if start:
        run['start'] = method.start
    note_weights(folder, trained.weights)
    return run


def run_tests(
    suite: Suite,
    method: Method,
    seed: int,
    folder: str | Path,
    weights: str,
    out: str | Path,
    tests: Sequence[str],
    known: Mapping[str, Mapping],
    options: Mapping | None = None,
) -> dict:
    """Run tests that a suite was given after a method's training.

    Args:
        suite (Suite): The benchmark.
        method (Method): One of its methods.
        seed (int): Of its training.
        folder (str | Path): For what is only of this task.
        weights (str): What the training found.
        out (str | Path): Folder of the run, for predictions.
        tests (Sequence[str]): Names of the tests.
        known (Mapping[str, Mapping]): What the run has in another test, by
            which the weights are known to be its.
        options (Mapping, optional): As for the training. Defaults to None.

    Returns:
        dict: ``method``, ``seed``, ``tests`` and ``commit``; no tests but
        ``refused``, the reason, where the weights are not those of the run.

    Raises:
        FileNotFoundError: Annotations are missing.
        ValueError: The weights do not fit the method, or predictions are not
            finite.
    """
    cfg = method_config(method, folder, options)
    model = build_model(cfg, weights)
    result = dict(method=method.name, seed=seed, tests={}, commit=commit())
    for test, values in known.items():
        found = test_model(cfg, model, suite.norm, suite.tests[test])
        for name in ('NME', 'median', 'AUC@0.10'):
            old, new = values[name], found[name]
            if not abs(new - old) <= SAME * abs(old):
                result['refused'] = (
                    f'expected weights with {name} {100 * old:.3f} % on '
                    f'{test}, as the run has, got {100 * new:.3f} % with '
                    f'{weights}'
                )
                return result
    result['tests'] = _test_all(suite, cfg, model, Path(out), tests)
    return result


def run_search(
    suite: Suite, group: str, value: float, folder: str | Path
) -> dict:
    """Try a learning rate.

    Args:
        suite (Suite): The benchmark.
        group (str): Which methods it is for.
        value (float): The learning rate.
        folder (str | Path): Folder for logs and checkpoints.

    Returns:
        dict: ``group``, ``method``, ``value``, ``NME`` and ``median``
        (fractions; None where the training came to nothing).
    """
    search = suite.search
    method = suite.method(search.groups[group])
    options = {**search.options, search.option: value}
    result = dict(
        group=group, method=method.name, value=value, NME=None, median=None
    )
    trained = train_method(method, search.seed, folder, options)
    setting = suite.tests[search.test]
    try:
        test = test_model(trained.cfg, trained.model, suite.norm, setting)
    except ValueError as error:  # predictions that are not finite
        print(error)
    else:
        result.update({name: test[name] for name in ('NME', 'median')})
    seconds = round(trained.seconds, 1)
    return dict(result, train_seconds=seconds, commit=commit())


def _test_all(
    suite: Suite,
    cfg: Config,
    model: nn.Module,
    folder: Path,
    names: Sequence[str] | None = None,
) -> dict:
    """Run tests, all without names."""
    return {
        name: test_model(
            cfg,
            model,
            suite.norm,
            suite.tests[name],
            out=folder / 'predictions' / f'{name}.npz',
        )
        for name in (suite.tests if names is None else names)
    }


def commit(folder: Path = _ROOT) -> str:
    """Name the source's commit, with a mark if it has changes.

    Those of the results, which a benchmark writes itself, do not count.

    Args:
        folder (Path): Top of the working tree. Defaults to this package's.

    Returns:
        str: The name; ``unknown`` outside of a repository.
    """

    def git(*command: str) -> str:
        done = subprocess.run(
            ['git', '-C', str(folder), *command],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    try:
        name = git('describe', '--always')
        others = (':/', ':(top,exclude)benchmarks/results')
        changes = git('status', '--porcelain', '-uno', '--', *others)
    except (OSError, subprocess.CalledProcessError):
        return 'unknown'
    return name + ('-dirty' if changes else '')
