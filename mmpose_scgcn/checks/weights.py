"""Weights to start from that do not fit the model."""

from collections.abc import Mapping

from mmpose_scgcn.models.fit import compare_shapes
from mmpose_scgcn.models.layers import KeypointGraph
from mmpose_scgcn.processes import inner_model

from torch import nn

from .findings import Findings

#: Weights that are listed by name.
MOST = 20


def compare_weights(
    model: nn.Module, checkpoint: Mapping, filename: str
) -> Findings:
    """List the weights that a file has not, or of another shape.

    Args:
        model (nn.Module): The model, wrapped or not; it takes the number of
            hidden units that the file has.
        checkpoint (Mapping): Content of the file.
        filename (str): Its name.

    Returns:
        Findings: A warning with the weights that start anew; an error if
        that is all of them.
    """
    fit = compare_shapes(model, checkpoint)
    inner = inner_model(model)
    lines = [f'    {line}' for line in fit.unfit]
    unused = [name for name in fit.unknown if not _is_buffer(inner, name)]
    return _describe(filename, lines, len(fit.wanted), unused)


def _describe(
    filename: str, lines: list[str], total: int, unused: list[str]
) -> Findings:
    """Put what differs into words."""
    if not lines:
        return Findings()
    more = f'\n    and {len(lines) - MOST} more' if len(lines) > MOST else ''
    listed = '\n'.join(lines[:MOST]) + more
    extra = f'; {len(unused)} weights of it are not used' if unused else ''
    if len(lines) == total:
        return Findings(
            errors=[
                f'{listed}\nload_from: not one of the {total} weights of the '
                f'model is in {filename}{extra}; give a checkpoint of this '
                'model, or take load_from away'
            ]
        )
    return Findings(
        warnings=[
            f'load_from: {len(lines)} of {total} weights of the model are not '
            f'in {filename}, or of another shape, and start anew{extra}:\n'
            f'{listed}'
        ]
    )


def _is_buffer(model: nn.Module, name: str) -> bool:
    """Tell whether a name is of a buffer, or of a graph to come."""
    owner, _, last = name.rpartition('.')
    try:
        module = model.get_submodule(owner)
    except AttributeError:
        return False
    return isinstance(module, KeypointGraph) or last in module._buffers
