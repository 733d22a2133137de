"""What an adapter does to the errors, in words."""

from collections.abc import Iterator, Mapping
from typing import Any

from mmpose_scgcn.adaptation import PENALTIES
from mmpose_scgcn.datasets.annotated_faces import AnnotatedFaces
from mmpose_scgcn.datasets.preparation import parse_norm
from mmpose_scgcn.datasets.settings import type_name
from mmpose_scgcn.evaluation.functional import (
    EYE_GROUPS,
    FaceScores,
    face_normalizers,
    lies_to_one_side,
    mean_offset,
    offset_error,
    resolve_norm,
    score_faces,
)
from mmpose_scgcn.structures.conventions import WFLW_AS_300W

import numpy as np
from mmengine.config import Config

from .adapting import Adaptation, describe
from .face_model import FaceModel

#: Fewer faces are used, with a warning.
FEW_FACES = 20

#: A larger error, as a part of the box, says that the annotations are of
#: something else.
LARGE_ERROR = 0.05


def evaluator_of(cfg: Config) -> dict:
    """Take the metric of faces out of a config; empty without one."""
    for name in ('test_evaluator', 'val_evaluator'):
        metrics = cfg.get(name) or []
        metrics = [metrics] if isinstance(metrics, Mapping) else metrics
        for metric in metrics:
            if type_name(metric) == 'FaceAlignmentMetric':
                return dict(metric)
    return {}


def find_norm(text: str | None, metric: Mapping, faces: AnnotatedFaces) -> Any:
    """Find what errors are divided by.

    Args:
        text (str, optional): What a user says, see ``parse_norm``.
        metric (Mapping): Of the annotations' config, or empty.
        faces (AnnotatedFaces): The faces.

    Returns:
        str | tuple: A ``norm`` of ``FaceAlignmentMetric``; inter-ocular where
        the eyes are known, else the size of the box.

    Raises:
        ValueError: The text is no norm.
    """
    if text:
        return parse_norm(text, faces.keypoints.shape[1])
    if 'norm' in metric:
        return metric['norm']
    known = describe(faces)['dataset_name'] in EYE_GROUPS
    return 'inter_ocular' if known else 'box_size'


def score(
    adaptation: Adaptation, keypoints: np.ndarray, norm: Any
) -> FaceScores:
    """Compare keypoints (N, J, 2), image px, with the annotations."""
    faces = adaptation.faces
    groups = resolve_norm(norm, adaptation.dataset_meta['dataset_name'])
    normalizers = face_normalizers(
        groups, faces.keypoints, faces.visible, faces.boxes
    )
    return score_faces(keypoints, faces.keypoints, faces.visible, normalizers)


def as_predicted(
    model: FaceModel, adaptation: Adaptation
) -> tuple[np.ndarray, str]:
    """Choose the source keypoints that stand for the annotated ones.

    Returns:
        tuple[np.ndarray, str]: (N, J, 2), image px, and which they are.
    """
    source, count = adaptation.predicted, adaptation.faces.keypoints.shape[1]
    names = model.model.dataset_meta['dataset_name']
    target = adaptation.dataset_meta['dataset_name']
    if source.shape[1] == count:
        return source, 'as predicted'
    both = names, target
    if both == ('wflw', '300w') or (source.shape[1], count) == (98, 68):
        return source[:, WFLW_AS_300W], 'as predicted, its 68 of 98'
    nearest = source[:, adaptation.nearest]
    return nearest, f'as predicted, the nearest of its {source.shape[1]}'


def errors_of(
    model: FaceModel, adaptation: Adaptation, norm: Any
) -> dict[str, float]:
    """Measure errors without the adapter and with it, in percent.

    Returns:
        dict[str, float]: Means over the faces, by what was compared.
    """
    before, name = as_predicted(model, adaptation)
    found = {
        name: before,
        'an offset for each keypoint': adaptation.held_out[-1],
        'adapted': adaptation.held_out[adaptation.chosen],
    }
    return {
        name: 100 * float(np.nanmean(score(adaptation, points, norm).nme))
        for name, points in found.items()
    }


def report_of(model: FaceModel, adaptation: Adaptation, norm: Any) -> str:
    """Write the errors as a table.

    Args:
        model (FaceModel): What was adapted.
        adaptation (Adaptation): The adapter.
        norm (str | tuple): What errors are divided by.

    Returns:
        str: Lines.
    """
    errors = errors_of(model, adaptation, norm)
    width = max(map(len, errors))
    unit = norm if isinstance(norm, str) else f'distance of {norm}'
    lines = [f'NME, % of {unit.replace("_", "-")}:']
    lines += [f'  {name:{width}s}  {nme:6.2f}' for name, nme in errors.items()]
    lines[2] += '  cross-validated'
    lines[3] += f'  cross-validated, lambda {adaptation.penalty:.2g}'
    return '\n'.join(lines)


def warnings_of(
    model: FaceModel, adaptation: Adaptation, norm: Any
) -> Iterator[str]:
    """Find what a user should look at.

    Args:
        model (FaceModel): What was adapted.
        adaptation (Adaptation): The adapter.
        norm (str | tuple): What errors are divided by.

    Yields:
        str: A sentence or two.
    """
    faces = adaptation.faces
    held_out = adaptation.held_out[adaptation.chosen]
    if len(faces) < FEW_FACES:
        yield (
            f'{len(faces)} faces are few; with {FEW_FACES} or more the '
            'adapter and its error are more certain'
        )
    before, _, after = errors_of(model, adaptation, norm).values()
    if after >= before:
        yield (
            'the model as it is has a smaller error than with the adapter: '
            'its keypoints are those of the annotations, or the faces are too '
            'few'
        )
    if adaptation.chosen == 0:
        yield (
            f'the smallest lambda, {PENALTIES[0]:.2g}, is the best: the '
            'annotations follow the model closely. Were they made from its '
            'predictions?'
        )
    of_box = score(adaptation, held_out, 'box_size')
    error = float(np.nanmean(of_box.nme))
    if error > LARGE_ERROR:
        yield (
            f'the adapted keypoints are off by {100 * error:.1f} % of the '
            f'box; more than {100 * LARGE_ERROR:.0f} % says that annotations '
            'and pictures do not belong together: keypoints in another order '
            'from face to face, of another picture, or in other units than px'
        )
    scores = score(adaptation, held_out, norm)
    offset, stderr = mean_offset(scores), offset_error(scores)
    measured = dict(
        NME=float(np.nanmean(scores.nme)),
        bias_x=offset[0],
        bias_y=offset[1],
        bias_x_stderr=stderr[0],
    )
    if lies_to_one_side(measured):
        yield _of_offset(adaptation, offset[0])


def _of_offset(adaptation: Adaptation, offset: float) -> str:
    """Say that annotations lie to one side of symmetric predictions."""
    faces = adaptation.faces
    found = adaptation.held_out[adaptation.chosen] - faces.keypoints
    x = float(found[..., 0][faces.visible].mean())
    side = 'right' if x < 0 else 'left'
    return (
        f'the annotations lie {abs(x):.1f} px to the {side} of the adapted '
        f'keypoints on average ({100 * abs(offset):.1f} % of the normaliser), '
        'which are symmetric. A file that counts pixels from 1 does that: '
        'say --origin 1'
    )


def facts_of(
    annotations: str, model: FaceModel, adaptation: Adaptation, norm: Any
) -> dict:
    """Collect what a file says about its adapter.

    Args:
        annotations (str): Where they came from.
        model (FaceModel): What was adapted.
        adaptation (Adaptation): The adapter.
        norm (str | tuple): What errors are divided by.

    Returns:
        dict: Plain values, with the licence.
    """
    base = model.licence or 'not known'
    errors = errors_of(model, adaptation, norm)
    return dict(
        licence=(
            f'of {model.name}: {base}; and that of the annotations that it is '
            f'adapted to, {annotations}'
        ),
        adapter=dict(
            model=model.name,
            annotations=annotations,
            faces=len(adaptation.faces),
            penalty=str(adaptation.penalty),
            errors={name: round(value, 3) for name, value in errors.items()},
        ),
    )
