"""The network of 8 bits of an exported folder, and what it costs."""

from collections.abc import Callable
from typing import Any

from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.runtime import ExportedModel, load_exported

from .accuracy import annotated_faces, can_measure, measure_nme
from .contents import Contents
from .faces import CheckFaces, draw_faces, find_faces
from .graphs import ImageGraph
from .options import Options
from .parity import compare, crops_of, show
from .quantization import quantize

#: Drawn faces to calibrate on have numbers from here on, those to measure on
#: from twice of it.
_APART = 1_000_000


def add_int8(
    contents: Contents,
    model: FaceModel,
    graph: ImageGraph,
    faces: CheckFaces,
    options: Options,
    tell: Callable[[str], object],
) -> None:
    """Write a network of 8 bits, and measure it.

    Args:
        contents (Contents): A folder with a network of float32.
        model (FaceModel): The model of PyTorch.
        graph (ImageGraph): What was exported of it.
        faces (CheckFaces): Faces to compare on.
        options (Options): What is chosen.
        tell (Callable): Told what was measured, in lines.
    """
    plain = load_exported(contents.folder)
    known = _calibration_faces(model, options)
    target = contents.folder / 'model.int8.onnx'
    source = contents.folder / 'model.onnx'
    quantize(source, target, crops_of(plain, known))
    contents.add_file(
        'int8',
        target.name,
        calibration=dict(faces=len(known), origin=known.origin),
    )
    contents.save()
    small = load_exported(contents.folder, precision='int8')
    measured = compare(graph, model, small, faces)
    measured.update(_cost(plain, small, model, options))
    for line in show('int8', measured):
        tell(line)
    contents.add_parity('int8', measured)


def _calibration_faces(model: FaceModel, options: Options) -> CheckFaces:
    """Get the faces that the ranges of values are found on."""
    count = options.num_calibration
    if options.calibrate is None:
        return draw_faces(count, _APART)
    return find_faces(options.calibrate, model.detector, count)


def _cost(
    plain: ExportedModel,
    small: ExportedModel,
    model: FaceModel,
    options: Options,
) -> dict[str, Any]:
    """Measure the error before and after, where keypoints are known."""
    if options.config is not None:
        faces = annotated_faces(options.config, model)
    else:
        faces = draw_faces(options.num_calibration, 2 * _APART)
        if not can_measure(model, faces):
            return {}
    return dict(
        nme=dict(
            faces=len(faces),
            origin=faces.origin,
            float32=measure_nme(plain, faces),
            int8=measure_nme(small, faces),
        )
    )
