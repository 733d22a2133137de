"""Whether weights fit a model."""

from collections.abc import Mapping
from dataclasses import dataclass

from mmpose_scgcn.processes import inner_model

from mmengine.runner import CheckpointLoader
from torch import nn

from .layers import adopt_shapes


@dataclass(frozen=True)
class WeightFit:
    """How a file's weights fit a model.

    Args:
        wanted (list[str]): Names of all weights of the model.
        unfit (list[str]): Those that are missing in the file or of another
            shape, with both shapes, in words.
        unknown (list[str]): Names of the file that are no weights of the
            model.
    """

    wanted: list[str]
    unfit: list[str]
    unknown: list[str]


def compare_shapes(model: nn.Module, content: Mapping) -> WeightFit:
    """Compare the weights of a file with those of a model.

    Args:
        model (nn.Module): The model, wrapped or not; it takes the number of
            hidden units that the file has.
        content (Mapping): A checkpoint, or its state dict.

    Returns:
        WeightFit: What fits and what does not.
    """
    model = inner_model(model)
    state = {
        name.removeprefix('module.'): value
        for name, value in content.get('state_dict', content).items()
    }
    adopt_shapes(model, state)
    shapes = {n: tuple(getattr(v, 'shape', ())) for n, v in state.items()}
    wanted = {n: tuple(p.shape) for n, p in model.named_parameters()}
    unfit = [
        f'{name}: expected {shape}, got {shapes.get(name, "nothing")}'
        for name, shape in wanted.items()
        if shapes.get(name) != shape
    ]
    unknown = [name for name in shapes if name not in wanted]
    return WeightFit(list(wanted), unfit, unknown)


def check_checkpoint(
    model: nn.Module,
    filename: str,
    resume: bool = False,
    content: dict | None = None,
) -> None:
    """Check that a checkpoint holds all weights of a model.

    MMEngine loads what fits, logs the rest among hundreds of lines and goes
    on.

    Args:
        model (nn.Module): The model, wrapped or not.
        filename (str): Path or address.
        resume (bool): Whether training is to go on from it. Defaults to
            False.
        content (dict, optional): What the file holds. Defaults to None: it
            is read.

    Raises:
        ValueError: Weights are missing or of another shape, it is to be
            resumed and holds weights only, or it is at an address that does
            not answer.
    """
    if content is None:
        content = _fetch(filename)
    if resume and not {'meta', 'optimizer'} <= content.keys():
        raise ValueError(
            f'{filename} holds weights only, no training to resume; start '
            f'from them with --cfg-options load_from={filename}'
        )
    fit = compare_shapes(model, content)
    if fit.unfit:
        raise ValueError(
            f'{filename} does not fit the config: {len(fit.unfit)} of '
            f'{len(fit.wanted)} weights differ, such as '
            f'{"; ".join(fit.unfit[:3])}'
        )


def _fetch(filename: str) -> dict:
    """Read a checkpoint from a file or an address.

    Raises:
        ValueError: The address does not answer.
    """
    try:
        return CheckpointLoader.load_checkpoint(filename, map_location='cpu')
    except OSError as error:
        if '://' not in filename:
            raise
        raise ValueError(
            f'{filename} could not be fetched: {error}. Without a network, '
            'give a file of this machine'
        ) from error
