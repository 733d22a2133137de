"""An exported folder, written whole or not at all."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.folders import whole_folder
from mmpose_scgcn.models.pose_estimators import AdaptedEstimator
from mmpose_scgcn.runtime import ExportedModel, load_exported
from mmpose_scgcn.staging import recover

import torch

from .contents import FILES, Contents
from .faces import CheckFaces, draw_faces, find_faces
from .graphs import AdapterGraph, ImageGraph, graph_of
from .int8 import add_int8, find_int8_faces
from .needed import require_exporters
from .onnx_files import EXAMPLE, write_onnx
from .options import Options
from .parity import check_parity, compare, show
from .settings import describe


def export_model(
    model: FaceModel,
    out: Path,
    options: Options | None = None,
    tell: Callable[[str], object] = print,
) -> ExportedModel:
    """Export a model to a folder, and check that it predicts the same.

    Args:
        model (FaceModel): The model; it is moved to the CPU.
        out (Path): Folder to be written.
        options (Options, optional): What is chosen. Defaults to None: all
            defaults.
        tell (Callable): Told what was measured, in lines.

    Returns:
        ExportedModel: The exported model.

    Raises:
        ImportError: ONNX or ONNX Runtime is missing.
        FileExistsError: The folder holds something else, or an earlier
            export that is not to be replaced.
        ValueError: The model is of a kind that is not exported.
        RuntimeError: PyTorch cannot export it, or what came out does not
            compute the same.
    """
    options = options or Options()
    require_exporters()
    recover(out)
    check_target(out, options.overwrite)
    model.model.to('cpu').eval()
    graph = graph_of(model.model)
    settings = describe(model, graph)
    with whole_folder(out) as folder:
        _fill(folder, settings, model, graph, options, tell)
    return load_exported(out, detector=model._detector)


def check_target(out: Path, overwrite: bool) -> None:
    """Refuse to replace what is no earlier export.

    Raises:
        FileExistsError: There is something else, or ``overwrite`` is not
            set.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise FileExistsError(f'{out} is a file; expected a folder')
    found = {path.name for path in out.iterdir()}
    strange = sorted(found - set(FILES))
    if strange:
        raise FileExistsError(
            f'{out} is not replaced: it holds {strange[0]}, which is no part '
            'of an exported model'
        )
    if found and not overwrite:
        raise FileExistsError(
            f'{out} holds an exported model; choose another folder or give '
            '--overwrite'
        )


def _fill(
    folder: Path,
    settings: dict[str, Any],
    model: FaceModel,
    graph: ImageGraph,
    options: Options,
    tell: Callable[[str], object],
) -> None:
    """Write all files of a folder, and check them."""
    faces = _check_faces(model, options, tell)  # which may not be there
    needed = find_int8_faces(model, options, tell) if options.int8 else None
    _write_networks(Contents(folder, settings), model, graph)
    measured = compare(graph, model, load_exported(folder), faces)
    for line in show('float32', measured):
        tell(line)
    check_parity(measured)
    contents = Contents(folder, settings)
    contents.add_parity('float32', measured)
    if needed is not None:
        add_int8(contents, model, graph, faces, needed, tell)
    contents.save()


def _write_networks(
    contents: Contents, model: FaceModel, graph: ImageGraph
) -> None:
    """Write the networks of float32."""
    width, height = graph.size
    example = torch.randn(EXAMPLE, 3, height, width)
    file = contents.folder / 'model.onnx'
    write_onnx(graph, [example], ['image'], graph.names(), file)
    contents.add_file('float32', file.name)
    if isinstance(model.model, AdaptedEstimator):
        sources = len(model.model.adapter.reference)
        points = torch.randn(EXAMPLE, sources, 2)
        file = contents.folder / 'adapter.onnx'
        write_onnx(
            AdapterGraph(model.model),
            [points, torch.rand(EXAMPLE, sources)],
            ['source_keypoints', 'source_scores'],
            ['keypoints', 'scores'],
            file,
        )
        contents.add_file('adapter', file.name)
    contents.save()


def _check_faces(
    model: FaceModel, options: Options, tell: Callable[[str], object]
) -> CheckFaces:
    """Get the faces that the export is checked on."""
    if options.images is None:
        return draw_faces(options.num_faces)
    return find_faces(options.images, model.detector, options.num_faces, tell)
