"""The network of 8 bits of an exported folder, and what it costs."""

from collections.abc import Callable
from dataclasses import dataclass

from mmpose_scgcn.apis.face_model import FaceModel
from mmpose_scgcn.runtime import load_exported

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


@dataclass(frozen=True)
class Int8Faces:
    """Faces that a network of 8 bits needs.

    Args:
        calibration (CheckFaces): The ranges of values are found on.
        test (CheckFaces, optional): Its cost is measured on; None where no
            keypoints of the model's are known.
    """

    calibration: CheckFaces
    test: CheckFaces | None


def find_int8_faces(
    model: FaceModel,
    options: Options,
    tell: Callable[[str], object] = print,
) -> Int8Faces:
    """Get the faces, before anything is exported.

    Args:
        model (FaceModel): The model of PyTorch.
        options (Options): What is chosen.
        tell (Callable): Told of each image that is left out.

    Returns:
        Int8Faces: The faces.

    Raises:
        FileNotFoundError, ValueError: A folder or a config without them.
    """
    count = options.num_calibration
    test: CheckFaces | None
    if options.config is not None:
        test = annotated_faces(options.config, model)
    else:
        test = draw_faces(count, 2 * _APART)
        test = test if can_measure(model, test) else None
    if options.calibrate is None:
        return Int8Faces(draw_faces(count, _APART), test)
    return Int8Faces(
        find_faces(options.calibrate, model.detector, count, tell), test
    )


def add_int8(
    contents: Contents,
    model: FaceModel,
    graph: ImageGraph,
    faces: CheckFaces,
    needed: Int8Faces,
    tell: Callable[[str], object],
) -> None:
    """Write a network of 8 bits, and measure it.

    Args:
        contents (Contents): A folder with a network of float32.
        model (FaceModel): The model of PyTorch.
        graph (ImageGraph): What was exported of it.
        faces (CheckFaces): Faces to compare on.
        needed (Int8Faces): Faces to calibrate and to measure on.
        tell (Callable): Told what was measured, in lines.
    """
    plain = load_exported(contents.folder)
    target = contents.folder / 'model.int8.onnx'
    source = contents.folder / 'model.onnx'
    known = needed.calibration
    quantize(source, target, crops_of(plain, known))
    contents.add_file(
        'int8',
        target.name,
        calibration=dict(faces=len(known), origin=known.origin),
    )
    contents.save()
    small = load_exported(contents.folder, precision='int8')
    measured = compare(graph, model, small, faces)
    if needed.test is not None:
        measured['nme'] = dict(
            faces=len(needed.test),
            origin=needed.test.origin,
            float32=measure_nme(plain, needed.test),
            int8=measure_nme(small, needed.test),
        )
    for line in show('int8', measured):
        tell(line)
    contents.add_parity('int8', measured)
