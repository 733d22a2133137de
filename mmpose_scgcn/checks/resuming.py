"""Settings that a resumed training would take from its checkpoint."""

import ast
import math
import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from mmengine.runner import Runner
from torch.optim import Optimizer

from .findings import some

#: State of a schedule that moves on with the training.
_MOVING = {'last_step', 'best', 'num_bad_epochs', 'cooldown_counter'}
#: Told with the optimizer, or of no effect.
_TOLD = {'base_values', 'verbose', 'param_name', 'by_epoch'}


def compare_settings(runner: Runner, checkpoint: Mapping) -> list[str]:
    """Compare optimizer and schedules with those of a checkpoint.

    Args:
        runner (Runner): About to resume; its optimizer and schedules are
            built.
        checkpoint (Mapping): Content of the file.

    Returns:
        list[str]: Each difference in words.

    Raises:
        ValueError: The checkpoint is of another optimizer.
    """
    optimizer = getattr(runner.optim_wrapper, 'optimizer', None)
    saved = checkpoint.get('optimizer') or {}
    if not isinstance(optimizer, Optimizer) or 'param_groups' not in saved:
        return []  # several optimizers, or weights only
    _check_kind(runner, optimizer, checkpoint)
    differences = list(_compare_groups(optimizer, saved['param_groups']))
    return differences + list(_compare_schedules(runner, checkpoint))


def take_new_settings(runner: Runner, checkpoint: dict) -> None:
    """Make a checkpoint carry the config's settings instead of its own.

    The optimizer keeps its moments; schedules start at the beginning and are
    brought forward by :func:`bring_forward`.

    Args:
        runner (Runner): About to resume.
        checkpoint (dict): Content of the file; it is changed.
    """
    optimizer = runner.optim_wrapper.optimizer
    saved = checkpoint['optimizer']
    saved['param_groups'] = [
        {**fresh, 'params': old['params']}
        for fresh, old in zip(
            optimizer.param_groups, saved['param_groups'], strict=True
        )
    ]
    saved.pop('base_param_settings', None)
    checkpoint.pop('param_schedulers', None)


def bring_forward(runner: Runner) -> None:
    """Step new schedules to where the resumed training is."""
    schedulers = runner.param_schedulers or []
    steady = [s for s in schedulers if not hasattr(s, 'num_bad_epochs')]
    epochs = max(runner.epoch, 1)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # of steps without an optimizer's
        for epoch in range(epochs):
            done = runner.iter * epoch // epochs
            for _ in range(runner.iter * (epoch + 1) // epochs - done):
                for scheduler in steady:
                    if not scheduler.by_epoch:
                        scheduler.step()
            for scheduler in steady:
                if scheduler.by_epoch and epoch < runner.epoch:
                    scheduler.step()


def describe_changes(
    filename: str, differences: list[str], resume_with: str
) -> str:
    """Say what differs, what is used, and how to choose.

    Args:
        filename (str): The checkpoint.
        differences (list[str]): Of :func:`compare_settings`.
        resume_with (str): ``checkpoint`` or ``config``.

    Returns:
        str: Message of a warning.
    """
    lines = ''.join(f'\n    {text}' for text in differences)
    if resume_with == 'config':
        return (
            'settings have changed since the training that is resumed; from '
            f'here on it goes by those of the config:{lines}'
        )
    return (
        'settings have changed since the training that is resumed; those of '
        f'{filename} are used, those of the config have no effect:{lines}\n'
        'To go on with those of the config: tools/train.py --resume '
        "--resume-with config, or dict(type='mmpose_scgcn.CheckHook', "
        "resume_with='config') in custom_hooks"
    )


def _check_kind(
    runner: Runner, optimizer: Optimizer, checkpoint: Mapping
) -> None:
    """Raise if the checkpoint is of another optimizer."""
    saved = checkpoint['optimizer']['param_groups']
    meta = checkpoint.get('meta') or {}
    before = _saved_type(meta.get('cfg') or '')
    setting = runner.cfg.get('optim_wrapper') or {}
    now = (setting.get('optimizer') or {}).get('type')
    now = str(now if isinstance(now, str) else type(optimizer).__name__)
    now, before = (name and name.split('.')[-1] for name in (now, before))
    if before in (None, now) and len(saved) == len(optimizer.param_groups):
        fresh, old = (
            {key for key in groups[0] if not key.startswith('initial_')}
            for groups in (optimizer.param_groups, saved)
        )
        # A newer PyTorch may know more options of the same optimizer.
        if before or not (fresh - old and old - fresh):
            return
        told = f'it has {some(sorted(old - fresh))}, which {now} has not'
    elif before not in (None, now):
        told = f'it is of {before}, and the config has {now}'
    else:
        told = (
            f'it has {len(saved)} groups of weights, and the config makes '
            f'{len(optimizer.param_groups)}'
        )
    raise ValueError(
        'an optimizer cannot go on with the state of another one; set '
        f'optim_wrapper.optimizer.type={before or "..."} again, or start '
        'a new training from these weights: --cfg-options load_from=FILE, '
        f'without --resume. The optimizer of the checkpoint: {told}'
    )


def _compare_groups(optimizer: Optimizer, saved: list) -> Iterator[str]:
    """Compare options of the groups of weights."""
    told: dict[str, None] = {}
    for fresh, old in zip(optimizer.param_groups, saved, strict=True):
        for name in fresh:
            if name in ('params', 'param_names') or name not in old:
                continue
            if name.startswith('initial_'):
                continue
            now, before = _base(fresh, name), _base(old, name)
            if not _same(now, before):
                told[
                    f'{name}: {now} in the config, {before} in the checkpoint'
                ] = None
    kind = type(optimizer).__name__
    return (f'{kind}, {text}' for text in told)


def _compare_schedules(runner: Runner, checkpoint: Mapping) -> Iterator[str]:
    """Compare schedules, one by one."""
    fresh = runner.param_schedulers or []
    saved = checkpoint.get('param_schedulers') or []
    if not isinstance(fresh, list) or not isinstance(saved, list):
        return
    if len(fresh) != len(saved):
        yield (
            f'param_scheduler: {len(fresh)} in the config, {len(saved)} in '
            'the checkpoint'
        )
    for index, (scheduler, old) in enumerate(zip(fresh, saved, strict=False)):
        new = scheduler.state_dict()
        where = f'param_scheduler[{index}], {type(scheduler).__name__}'
        names = [
            n
            for n in dict.fromkeys([*new, *old])
            if not n.startswith('_') and n not in _MOVING | _TOLD
        ]
        for name in names:
            if (name in new) != (name in old):
                yield f'{where}: another kind of schedule in the checkpoint'
                break
            if not _same(new[name], old[name]):
                yield (
                    f'{where}, {name}: {_plain(new[name])} in the config, '
                    f'{_plain(old[name])} in the checkpoint'
                )


def _base(group: Mapping, name: str) -> Any:
    """Give an option as it was set, before any schedule."""
    return group.get(f'initial_{name}', group[name])


def _same(first: Any, second: Any) -> bool:
    numbers = (int, float)
    if isinstance(first, numbers) and isinstance(second, numbers):
        return math.isclose(first, second, rel_tol=1e-9, abs_tol=0)
    if isinstance(first, (list, tuple)) and isinstance(second, (list, tuple)):
        return len(first) == len(second) and all(map(_same, first, second))
    return bool(first == second)


def _plain(value: Any) -> Any:
    """Show a Counter, such as milestones, as what a config has."""
    return sorted(value) if isinstance(value, dict) else value


def _saved_type(text: str) -> str | None:
    """Read the optimizer's type out of a config's text, without running it.

    Args:
        text (str): Of MMEngine's ``Config.pretty_text``.

    Returns:
        str, optional: The type; None where the text does not say it.
    """
    try:
        body = ast.parse(text).body
    except SyntaxError:
        return None
    for line in body:
        if not isinstance(line, ast.Assign):
            continue
        if getattr(line.targets[0], 'id', None) == 'optim_wrapper':
            kind = _entry(_entry(line.value, 'optimizer'), 'type')
            return getattr(kind, 'value', None)
    return None


def _entry(node: ast.AST | None, key: str) -> ast.AST | None:
    """Find the value of a key in ``dict(...)``."""
    for keyword in getattr(node, 'keywords', ()):
        if keyword.arg == key:
            return keyword.value
    return None
