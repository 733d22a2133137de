"""All checks of a run that is about to start."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from mmpose_scgcn.processes import inner_model

from mmengine.runner import BaseLoop, Runner

from .dropped import check_dropped
from .faces import Faces, check_images, data_set_name
from .findings import Findings
from .folders import goes_on
from .keypoints import check_graphs, check_keypoints
from .outputs import check_outputs
from .reading import check_plain_reading
from .scoring import Shares, check_names, check_save_best, check_scoring


def check_run(runner: Runner) -> Findings:
    """Check data, metrics and graphs; no image is decoded.

    Args:
        runner (Runner): Its loops are built as far as they are to run.

    Returns:
        Findings: All of them.
    """
    found = Findings()
    model = inner_model(runner.model)
    loops = loops_of(runner)
    if 'training' in loops:
        loads = bool(runner._load_from or goes_on(runner))
        found.add(check_graphs(model, runner.hooks, loads))
    for where, loop in loops.items():
        faces = Faces(where, loop.dataloader.dataset)
        check = partial(_check_faces, faces, loop, runner)
        found.attempt(f'the data of {where}', check)
    return found


def loops_of(runner: Runner) -> dict[str, Any]:
    """Find the loops that are built and have data.

    Returns:
        dict[str, BaseLoop]: By ``training``, ``validation`` and ``test``.
    """
    loops: Mapping[str, Any] = dict(
        training=runner._train_loop,
        validation=runner._val_loop,
        test=runner._test_loop,
    )
    return {
        where: loop
        for where, loop in loops.items()
        if isinstance(loop, BaseLoop) and hasattr(loop, 'dataloader')
    }


def _check_faces(faces: Faces, loop: BaseLoop, runner: Runner) -> Findings:
    """Check the data of one part of a run."""
    found = Findings()
    if not len(faces.dataset) or not faces.topdown:
        return found
    model = inner_model(runner.model)
    where = faces.where
    evaluator = getattr(loop, 'evaluator', None)
    metrics = getattr(evaluator, 'metrics', ())
    checks: dict[str, Callable[[], Findings | None]] = {
        'files to write': partial(check_outputs, metrics, runner.cfg),
        'images': partial(check_images, faces),
        'reading': partial(check_plain_reading, faces),
        'keypoints': partial(check_keypoints, faces, model),
    }
    shares = _shares(faces, evaluator)
    found.add(_check_shares(faces, evaluator))
    for share, own in shares:
        dropped = partial(check_dropped, share, own)
        checks[f'dropped faces {share.name or ""}'.strip()] = dropped
    for name, check in checks.items():
        found.attempt(f'{name} of {where}', check)
    if evaluator is None or found.errors:
        return found
    for share, own in shares:
        score = partial(check_scoring, share, own)
        found.attempt(f'scores of {where}', score)
    if not found.errors and sum(len(list(own)) for _, own in shares) > 1:
        found.attempt(f'figures of {where}', partial(check_names, shares))
    if where == 'validation' and not found.errors:
        best = partial(check_save_best, shares, runner.hooks)
        found.attempt('save_best', best)
    return found


def _shares(faces: Faces, evaluator: Any) -> Shares:
    """Tell which faces each metric scores.

    MMPose's ``MultiDatasetEvaluator`` gives a metric those of one data set.
    """
    by_name = getattr(evaluator, 'metrics_dict', None)
    if not by_name:
        return [(faces, getattr(evaluator, 'metrics', ()))]
    shares = [
        (replace(faces, name=name), [metric])
        for name, metric in by_name.items()
    ]
    return [share for share in shares if len(share[0].samples)]


def _check_shares(faces: Faces, evaluator: Any) -> Findings:
    """Look for data sets without a metric, and the other way round."""
    by_name = getattr(evaluator, 'metrics_dict', None)
    if not by_name:
        return Findings()
    there = {data_set_name(leaf) for leaf in faces.leaves}
    told = (
        f'{faces.where}: the evaluator has metrics for the data sets '
        f'{", ".join(sorted(by_name))}'
    )
    warnings = [
        f'{told}; faces of {name!r} are not scored'
        for name in sorted(map(str, there - set(by_name)))
    ]
    warnings += [
        f'{told}; there are no faces of {name!r}'
        for name in sorted(set(by_name) - there)
    ]
    return Findings(warnings=warnings)
