"""Losses that are no number: which step, which images, and what is left."""

import math
from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

import torch
from mmengine.hooks import RuntimeInfoHook
from mmengine.runner import Runner
from torch import nn

from .findings import CheckError

#: So many losses that did no harm are told.
MOST_TOLD = 10


class LossWatch:
    """Look at the losses of each step, and name the images of a bad one.

    MMEngine brings every loss to the host for its log; what it has brought
    is looked at, and a GPU is not waited for a second time.
    """

    def __init__(self) -> None:
        self.told = 0
        self.samples: list = []  # since the last update of the weights
        self.before: list = []  # those of that update
        self.updated = False

    def look(
        self, runner: Runner, batch: Any, outputs: Mapping[str, Any] | None
    ) -> None:
        """Look at the losses of a step that has been taken.

        A step that left weights and statistics finite, as one that
        ``AmpOptimWrapper`` leaves out, is logged, and training goes on.

        Args:
            runner (Runner): In training.
            batch (Any): What the data loader gave.
            outputs (Mapping[str, Tensor], optional): Scalars by name.

        Raises:
            CheckError: The model is spoilt. The message names the losses,
                the images and the last checkpoint.
        """
        if self.updated:
            self.before, self.samples = self.samples, []
        self.samples = [*self.samples, *samples_of(batch)]
        self.updated = _has_updated(runner)
        values = _values(runner, outputs or {})
        bad = {n: v for n, v in values.items() if not math.isfinite(v)}
        if not bad:
            return
        listed = ', '.join(f'{name}={value}' for name, value in bad.items())
        text = (
            f'losses that are not finite in {_step(runner)}: {listed}\n'
            f'images of the batch: {name_images(samples_of(batch))}'
        )
        spoilt = broken_tensors(runner.model)
        if spoilt:
            text += f'\n{self._name_earlier(batch)}'
            raise CheckError(f'{text}\n{_say_end(runner, spoilt)}')
        self.told += 1
        if self.told <= MOST_TOLD:
            # On ranks other than the first, MMEngine shows errors alone.
            reason = (
                'The weights are finite'
                if self.updated
                else 'The weights were not updated yet'
            )
            runner.logger.error(f'{text}\n{reason}: go on.')

    def _name_earlier(self, batch: Any) -> str:
        """Name the images of before, one of which may have spoilt the model.

        Where gradients are accumulated, first those of the same update.
        """
        lines = []
        same = self.samples[: len(self.samples) - len(samples_of(batch))]
        if same:
            lines.append(
                f'images earlier in the same update: {name_images(same)}'
            )
        lines.append(f'images of the batch before: {name_images(self.before)}')
        return '\n'.join(lines)

    def check_saving(self, runner: Runner) -> None:
        """Refuse to save a model that the last step has spoilt.

        The losses of that step were finite, so that :meth:`look` saw nothing.

        Raises:
            CheckError: See :meth:`look`.
        """
        spoilt = broken_tensors(runner.model)
        if spoilt:
            raise CheckError(
                'a model that is not finite is not saved\nimages of the '
                f'last batch: {name_images(self.samples)}\n'
                + _say_end(runner, spoilt)
            )


def _has_updated(runner: Runner) -> bool:
    """Tell whether the step that was taken has updated the weights."""
    should_update = getattr(runner.optim_wrapper, 'should_update', None)
    return should_update is None or should_update()


def broken_tensors(model: nn.Module) -> list[str]:
    """Name trained weights and statistics that hold NaN or infinity.

    Args:
        model (nn.Module): Wrapped or not.

    Returns:
        list[str]: Names of parameters and buffers.
    """
    trained = ((n, p) for n, p in model.named_parameters() if p.requires_grad)
    return [
        name
        for name, value in chain(trained, model.named_buffers())
        if value.is_floating_point() and not value.isfinite().all()
    ]


def samples_of(batch: Any) -> list:
    """Find the data samples in what a data loader gave.

    Args:
        batch (Any): A mapping with a list ``data_samples``, as MMPose's.

    Returns:
        list: The samples; empty in a batch of another form.
    """
    samples = batch.get('data_samples') if isinstance(batch, Mapping) else None
    return list(samples) if isinstance(samples, list | tuple) else []


def name_images(samples: Iterable) -> str:
    """List the images of data samples.

    Args:
        samples (Iterable[PoseDataSample]): Of a batch.

    Returns:
        str: Images with the ids of their annotations, and which of them have
        labels that are not finite.
    """
    names = [
        _name(s) + ('' if _has_finite_labels(s) else ', labels not finite')
        for s in samples
    ]
    return '; '.join(names) or 'not known'


def _name(sample: Any) -> str:
    """Name the image of a sample, and which face in it."""
    path = getattr(sample, 'img_path', None)
    number = getattr(sample, 'id', None)
    name = 'an image without a name' if path is None else str(path)
    return name if number is None else f'{name}, annotation {number}'


def _has_finite_labels(sample: Any) -> bool:
    """Tell whether all that is to be learned from a sample is finite."""
    labels = getattr(sample, 'gt_instance_labels', None)
    return labels is None or all(
        bool(value.isfinite().all())
        for value in labels.values()
        if isinstance(value, torch.Tensor)
    )


def _values(runner: Runner, outputs: Mapping[str, Any]) -> dict[str, float]:
    """Give the losses of a step, which MMEngine's hook has on the host."""
    if not any(isinstance(hook, RuntimeInfoHook) for hook in runner.hooks):
        return {n: torch.as_tensor(v).item() for n, v in outputs.items()}
    hub = runner.message_hub
    return {n: hub.get_scalar(f'train/{n}').current() for n in outputs}


def _step(runner: Runner) -> str:
    """Say which step it is, counted from 1."""
    return f'iteration {runner.iter + 1} (epoch {runner.epoch + 1})'


def _say_end(runner: Runner, spoilt: list[str]) -> str:
    """Say why training cannot go on, and from where it can."""
    last = runner.message_hub.runtime_info.get('last_ckpt', 'there is none')
    return (
        f'{len(spoilt)} tensors of the model hold NaN or infinity, such as '
        f'{spoilt[0]}: training stops in {_step(runner)}. Last checkpoint: '
        f'{last}. If the images are as they should be, lower the learning '
        'rate, or limit gradients with '
        'optim_wrapper.clip_grad=dict(max_norm=1.0)'
    )
