"""ONNX files of graphs."""

import contextlib
import io
import logging
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from .needed import require_exporters

#: Faces in the example: with one alone, PyTorch takes their number for fixed.
EXAMPLE = 2


def write_onnx(
    graph: nn.Module,
    examples: Sequence[Tensor],
    inputs: Sequence[str],
    outputs: Sequence[str],
    path: Path,
) -> None:
    """Export a graph to one file, for any number of faces.

    Args:
        graph (nn.Module): In evaluation mode.
        examples (Sequence[Tensor]): Its inputs, of :data:`EXAMPLE` faces.
        inputs (Sequence[str]): Their names.
        outputs (Sequence[str]): Names of the outputs.
        path (Path): The file.

    Raises:
        ImportError: See :func:`require_exporters`.
        RuntimeError: PyTorch cannot export it.
    """
    require_exporters()
    shapes = tuple({0: torch.export.Dim.DYNAMIC} for _ in examples)
    with quiet(), torch.no_grad():
        program = torch.onnx.export(
            graph,
            tuple(examples),
            dynamo=True,
            external_data=False,
            verbose=False,
            dynamic_shapes=shapes,
            input_names=list(inputs),
            output_names=list(outputs),
        )
        assert program is not None
        program.save(path, external_data=False)
    _name_batch(path)


def _name_batch(path: Path) -> None:
    """Call the number of faces N, and leave out what names this machine."""
    import onnx

    model = onnx.load(path)
    values = [*model.graph.input, *model.graph.output]
    for value in values:
        value.type.tensor_type.shape.dim[0].dim_param = 'N'
    del model.graph.value_info[:]
    for node in model.graph.node:
        del node.metadata_props[:]  # stack traces
        node.doc_string = ''
    for entry in (model, model.graph):
        del entry.metadata_props[:]
        entry.doc_string = ''
    onnx.checker.check_model(model)
    onnx.save(model, path)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Leave out what the exporter tells of its own parts."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
        ):
            warnings.simplefilter('ignore')
            yield
    finally:
        logging.disable(before)
