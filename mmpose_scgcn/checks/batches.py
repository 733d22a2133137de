"""Batches of one face, and processes with different numbers of batches."""

import copy
from typing import Any

from mmpose_scgcn.datasets.seeded_batches import is_endless
from mmpose_scgcn.models.units import codec_input_size
from mmpose_scgcn.processes import inner_model

import torch
from mmengine.dist import all_gather_object, get_world_size
from mmengine.model import revert_sync_batchnorm
from mmengine.runner import EpochBasedTrainLoop, Runner
from torch import nn
from torch.nn.modules.batchnorm import SyncBatchNorm, _BatchNorm
from torch.utils.data import DataLoader

from .findings import Findings


def check_batches(model: nn.Module, loader: DataLoader) -> Findings:
    """Look for a batch of one face under batch normalisation.

    Args:
        model (nn.Module): The model, wrapped or not; its graphs are filled.
        loader (DataLoader): Of training.

    Returns:
        Findings: An error where PyTorch refuses such a batch or there is no
        batch at all; a warning where statistics would be of one face.
    """
    sampler = loader.batch_sampler
    size = getattr(sampler, 'batch_size', None)
    count = _count(loader)
    if not size or count is None:
        return Findings()
    drop = getattr(sampler, 'drop_last', False)
    if count == 0 or (drop and count < size):
        raise ValueError(
            f'train_dataloader: {count} faces make no batch of {size} with '
            f'drop_last={drop}; set batch_size to at most {max(count, 1)}'
        )
    if not (size == 1 or (count % size == 1 and not drop)):
        return Findings()
    names = [n for n, m in model.named_modules() if _is_local(m)]
    if not names:
        return Findings()
    which = (
        'every batch'
        if size == 1
        else f'the last batch of each epoch ({count} faces in batches of '
        f'{size})'
    )
    advice = (
        'batch_size=2 or more'
        if size == 1
        else 'train_dataloader.drop_last=True or another batch_size'
    )
    told = (
        f'set {advice}: {which} is one face, and batch normalisation '
        f'({names[0]}) '
    )
    refusal = _refusal(model)
    if refusal:
        return Findings(errors=[f'{told}cannot learn from one: {refusal}'])
    return Findings(
        warnings=[f'{told}would take its statistics from that one']
    )


def check_shares(runner: Runner) -> Findings:
    """Compare the batches that the processes have in an epoch.

    Every process has to call it.

    Args:
        runner (Runner): About to train; its model is wrapped if there are
            several processes.

    Returns:
        Findings: The same on each process: an error where one process would
        wait for a batch that another has not, or take another's step for it.
    """
    counts = [0]
    if isinstance(runner._train_loop, EpochBasedTrainLoop):
        counts = all_gather_object(len(runner.train_dataloader))
    if len(set(counts)) == 1:
        return Findings()
    told = f'{", ".join(map(str, counts[:-1]))} and {counts[-1]}'
    return Findings(
        errors=[
            f'train_dataloader: the processes have {told} batches in an '
            'epoch, and would wait for each other; set '
            'train_dataloader.sampler.round_up=True, and give all of them '
            'the same faces'
        ]
    )


def _count(loader: DataLoader) -> int | None:
    """Count the samples of an epoch; None where epochs have no end."""
    sampler: Any = loader.sampler
    return None if is_endless(sampler) else len(sampler)


def _is_local(module: nn.Module) -> bool:
    """Tell whether a layer takes statistics of this process's batch."""
    if isinstance(module, SyncBatchNorm) and get_world_size() > 1:
        return False
    return isinstance(module, _BatchNorm) and any(
        p.requires_grad for p in module.parameters()
    )


def _refusal(model: nn.Module) -> str:
    """Try a batch of one on a copy of the model.

    Returns:
        str: Why PyTorch refuses it; empty if it does not, or if something
        else is wrong with the model.
    """
    model = inner_model(model)
    size = _input_size(model)
    if size is None:
        return ''
    width, height = size
    # Synchronised batch norm would wait for the other processes.
    probe = revert_sync_batchnorm(copy.deepcopy(model)).train()
    device = next(probe.parameters()).device
    gpus = [device] if device.type == 'cuda' else []
    try:
        with torch.random.fork_rng(gpus), torch.no_grad():
            probe(torch.zeros(1, 3, height, width, device=device), None)
    except ValueError as error:
        if 'more than 1 value per channel' in str(error):
            return str(error)
    except Exception:  # said by the first batch, in its own words
        return ''
    return ''


def _input_size(model: nn.Module) -> tuple[int, int] | None:
    """Find the width and height of a model's input, px."""
    decoder: Any = getattr(getattr(model, 'head', None), 'decoder', None)
    size: Any = getattr(model, 'input_size', None)
    size = size or codec_input_size(decoder)
    return size and (int(size[0]), int(size[1]))
