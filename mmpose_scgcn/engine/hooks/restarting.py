"""Samplers that begin where a resumed training is."""

import copy
from collections.abc import Iterator
from typing import Any

from mmpose_scgcn.datasets.seeded_batches import NumberedBatches, is_endless

from mmengine.dist import get_rank
from mmengine.hooks import CheckpointHook
from mmengine.registry import DATA_SAMPLERS
from mmengine.runner import Runner
from torch.utils.data import BatchSampler


def base_seed(runner: Runner) -> int:
    """Give the seed that all processes share."""
    differs = runner._randomness_cfg.get('diff_rank_seed', False)
    return runner.seed - get_rank() if differs else runner.seed


def use_seed(sampler: Any, runner: Runner, seed: int) -> None:
    """Give a sampler the seed of the training, which a checkpoint may set.

    Args:
        sampler (Sampler): Built before the checkpoint was read.
        runner (Runner): Its runner; a seed that its config gives the sampler
            stays.
        seed (int): Of :func:`base_seed`.
    """
    setting = _settings(runner).get('sampler')
    own = isinstance(setting, dict) and setting.get('seed') is not None
    if not own and getattr(sampler, 'seed', None) is not None:
        sampler.seed = seed


def restart_batches(runner: Runner, batches: NumberedBatches) -> None:
    """Let a training by iterations begin at its step, and no batch before.

    MMEngine's loop begins to read when it is built, and to resume it reads
    all batches that have been trained once more. That of onedl-mmengine asks
    its iterator to leave them out, or does not.

    Args:
        runner (Runner): About to train.
        batches (NumberedBatches): Of its loader.
    """
    loop = runner.train_loop
    loader = loop.dataloader
    _rebuild(runner, batches)
    passes, skip = 0, loop.iter
    if not is_endless(loader.sampler):
        passes, skip = divmod(loop.iter, max(len(batches), 1))
    if hasattr(loader.sampler, 'set_epoch'):
        loader.sampler.set_epoch(passes)
    batches.start, batches.skip = loop.iter - skip, skip
    iterator = type(loop.dataloader_iterator)(loader)
    iterator._epoch = passes
    read_again = 0 if hasattr(iterator, 'skip_iter') else loop.iter
    loop.dataloader_iterator = _Advanced(iterator, read_again)


def recall_last(runner: Runner) -> None:
    """Tell hooks which checkpoint they wrote last.

    A resumed training does not know its last checkpoint. MMEngine writes that
    file again after a validation that finds a better model, so that the file
    names the best checkpoint too.

    Args:
        runner (Runner): About to go on at a checkpoint.
    """
    for hook in runner.hooks:
        if not isinstance(hook, CheckpointHook) or hook.last_ckpt is not None:
            continue
        step = runner.epoch if hook.by_epoch else runner.iter
        hook.last_ckpt = hook.file_backend.join_path(
            hook.out_dir, hook.filename_tmpl.format(step)
        )


class _Advanced:
    """An iterator that gives nothing for the batches that are left out."""

    def __init__(self, iterator: Iterator, count: int) -> None:
        self.iterator = iterator
        self.count = count

    def __iter__(self) -> '_Advanced':
        return self

    def __next__(self) -> Any:
        if self.count:
            self.count -= 1
            return None
        return next(self.iterator)

    def skip_iter(self, num_iters: int) -> None:
        """Do nothing: the sampler has left them out (onedl-mmengine)."""


def _settings(runner: Runner) -> dict:
    """Give the setting of the training's loader, if there is one."""
    setting = runner._train_dataloader
    return dict(setting) if isinstance(setting, dict) else {}


def _rebuild(runner: Runner, batches: NumberedBatches) -> None:
    """Build the samplers anew: some can be run through only once."""
    loader = runner.train_loop.dataloader
    settings = copy.deepcopy(_settings(runner))
    sampler = settings.get('sampler')
    if not isinstance(sampler, dict):
        return
    data = dict(dataset=loader.dataset, seed=base_seed(runner))
    built = DATA_SAMPLERS.build(sampler, default_args=data)
    vars(loader)['sampler'] = built
    size: Any = settings.get('batch_size')
    of_batches = settings.get('batch_sampler')
    if of_batches is None:
        drop = settings.get('drop_last', False)
        batches.batches = BatchSampler(built, size, drop)
    else:
        several = dict(sampler=built, batch_size=size)
        batches.batches = DATA_SAMPLERS.build(of_batches, default_args=several)
