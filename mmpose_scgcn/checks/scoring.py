"""Validation faces that the metric cannot score, and the best checkpoint."""

import copy
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mmpose_scgcn.evaluation.face_samples import read_face, unique_faces
from mmpose_scgcn.evaluation.face_scores import score_samples
from mmpose_scgcn.evaluation.functional import group_distance
from mmpose_scgcn.evaluation.metrics import FaceAlignmentMetric

import numpy as np
from mmengine.evaluator import BaseMetric
from mmengine.hooks import CheckpointHook, Hook
from mmpose.evaluation.metrics import NME

from .faces import Faces
from .findings import Findings, some


def check_scoring(faces: Faces, metrics: Iterable[BaseMetric]) -> Findings:
    """Score the annotations against themselves.

    What the metric cannot score is found before a training, not at its first
    validation.

    Args:
        faces (Faces): Of validation or test.
        metrics (Iterable[BaseMetric]): They know the data set's metainfo.

    Returns:
        Findings: Faces that cannot be scored: an error where the metric
        would raise, otherwise a warning.
    """
    found = Findings()
    for metric in metrics:
        if isinstance(metric, FaceAlignmentMetric):
            found.add(_check_ours(faces, metric))
        elif isinstance(metric, NME):
            found.add(_check_nme(faces, metric))
    return found


#: Faces, and the metrics that score them.
Shares = Sequence[tuple[Faces, Iterable[BaseMetric]]]


def check_names(shares: Shares) -> Findings:
    """Look for figures of one name, which MMEngine refuses at the end.

    Args:
        shares (Shares): All faces of validation or test; they can be scored.

    Returns:
        Findings: An error for each metric whose figures another one has too.
    """
    found = Findings()
    known: dict[str, str] = {}
    for faces, metrics in shares:
        for metric in metrics:
            kind = type(metric).__name__
            own = _names(faces, metric)
            twice = [name for name in own if name in known]
            if twice:
                found.errors.append(
                    f'{_evaluator_of(faces)}: {known[twice[0]]} and {kind} '
                    f'both report {", ".join(twice)}, which MMEngine refuses '
                    f"after all faces; give one of them a prefix='...'"
                )
            known.update(dict.fromkeys(own, kind))
    return found


def check_save_best(shares: Shares, hooks: Iterable[Hook]) -> Findings:
    """Check that the metrics have what the best checkpoint is chosen by.

    Args:
        shares (Shares): All faces of validation; they can be scored.
        hooks (Iterable[Hook]): Of the run.

    Returns:
        Findings: An error with the names that there are.
    """
    names: list[str] = []
    for faces, metrics in shares:
        for metric in metrics:
            own = _names(faces, metric)
            if not own:
                return Findings()  # a metric whose names are not known
            names += own
    found = Findings()
    for hook in hooks:
        if isinstance(hook, CheckpointHook) and hook.save_best and names:
            found.add(_check_best(hook, names))
    return found


def _check_best(hook: CheckpointHook, names: Sequence[str]) -> Findings:
    """Check what one hook chooses by."""
    setting = 'default_hooks.checkpoint.save_best'
    lacking = sorted({*hook.key_indicators} - {*names, 'auto'})
    if lacking:
        return Findings(
            errors=[
                f'{setting}: expected one of {", ".join(sorted(names))}, got '
                f'{", ".join(lacking)}; the first validation would end the '
                'training'
            ]
        )
    if hook.key_indicators == ['auto']:
        probe = copy.copy(hook)
        probe.is_better_than = {}
        try:
            probe._init_rule(hook.rules, [names[0]])
        except ValueError:
            return Findings(
                errors=[
                    f"{setting}='auto' takes {names[0]}, of which MMEngine "
                    'does not know whether less is better; the first '
                    f'validation would end the training: set save_best='
                    f"'{names[0]}' and rule='less' or 'greater'"
                ]
            )
    return Findings()


def _check_ours(faces: Faces, metric: FaceAlignmentMetric) -> Findings:
    """Rehearse our metric.

    Raises:
        ValueError: Annotations have not what it needs, or share an id.
    """
    setting = _evaluator_of(faces)
    try:
        probe = _rehearsal(faces, metric)
    except (KeyError, ValueError) as error:
        raise ValueError(
            f'{setting} does not find what it needs in the annotations of '
            f'{faces.where}: {error.args[0]}'
        ) from error
    try:
        samples = unique_faces(probe.results)
    except ValueError as error:
        raise ValueError(
            f'{setting} cannot tell the faces of {faces.where} apart; number '
            f'annotations anew: {error}'
        ) from error
    scores = score_samples(samples, metric.norm, probe._dataset_name)
    bad = np.flatnonzero(scores.faults != '')
    if not len(bad):
        return Findings()
    named = [_name(samples[i].id, samples[i].img_path) for i in bad]
    faults = ' and '.join(sorted({str(scores.faults[i]) for i in bad}))
    told = (
        f'{faces.where}: {len(bad)} of {len(samples)} faces cannot be scored '
        f'with norm={metric.norm!r}: {some(named)} ({faults})'
    )
    if len(bad) == len(samples):
        return Findings(errors=[f'{told}; norm has to suit these annotations'])
    if metric.bad_faces == 'count':
        return Findings(warnings=[f'{told}; they are left out and counted'])
    return Findings(
        errors=[
            f"{told}; correct them, or set {setting}.bad_faces='count' to "
            'leave them out'
        ]
    )


def _rehearsal(
    faces: Faces, metric: FaceAlignmentMetric
) -> FaceAlignmentMetric:
    """Give a copy of the metric that has seen each face, found exactly."""
    probe = copy.copy(metric)
    probe.results, probe.out_file = [], None
    samples = [_as_sample(i, metric.field) for i in faces.infos]
    # Not that of a class of the user's, which may keep more than results.
    FaceAlignmentMetric.process(probe, {}, samples)
    return probe


def _as_sample(info: Mapping, field: str) -> dict:
    """Make of an annotation the data sample of a perfect prediction."""
    points = np.asarray(info['keypoints'], dtype=np.float64)
    visible = np.asarray(
        info.get('keypoints_visible', np.ones(points.shape[:2]))
    )
    boxes = np.asarray(info.get('bbox', np.full((1, 4), np.nan)))
    return dict(
        id=info['id'],
        img_path=info.get('img_path', ''),
        dataset_name=info.get('dataset_name', ''),
        raw_ann_info=info.get('raw_ann_info'),
        gt_instances=dict(
            keypoints=points, keypoints_visible=visible, bboxes=boxes
        ),
        pred_instances={field: points, 'keypoints': points},
    )


def _check_nme(faces: Faces, metric: NME) -> Findings:
    """Check what MMPose's NME divides by; it tells of nothing itself."""
    setting = _evaluator_of(faces)
    if metric.norm_mode == 'use_norm_item':
        return _check_norm_item(faces, metric.norm_item, setting)
    meta = metric.dataset_meta or {}
    name = meta.get('dataset_name')
    pair = metric.keypoint_indices or NME.DEFAULT_KEYPOINT_INDICES.get(name)
    if pair is None:
        raise ValueError(
            f'{setting}: NME knows no keypoint_indices of data set {name!r}; '
            'name the two keypoints that errors are divided by the distance '
            'of, as in keypoint_indices=(36, 45)'
        )
    samples = [read_face(_as_sample(i, 'keypoints')) for i in faces.infos]
    points, visible = (
        np.stack([getattr(s, key) for s in samples])
        for key in ('gt', 'visible')
    )
    distance = group_distance(
        points, visible, ((int(pair[0]),), (int(pair[1]),))
    )
    bad = np.flatnonzero(~(distance > 0))
    if not len(bad):
        return Findings()
    named = [_name(samples[i].id, samples[i].img_path) for i in bad]
    return Findings(
        warnings=[
            f'{faces.where}: keypoints {tuple(pair)}, which NME divides by '
            f'the distance of, are not annotated or coincide in {len(bad)} '
            f'of {len(samples)} faces: {some(named)}; MMPose leaves them out '
            'or divides by a meaningless distance, and does not tell'
        ]
    )


def _check_norm_item(faces: Faces, item: str, setting: str) -> Findings:
    """Check that samples carry what NME divides by."""
    if item == 'bbox_size':
        return Findings()
    packed = {
        name
        for steps in faces.pipelines
        for step in steps
        for name in getattr(step, 'instance_mapping_table', {}).values()
    }
    if not packed or item in packed:
        return Findings()
    raise ValueError(
        f'{setting}: NME divides by norm_item={item!r}, which PackPoseInputs '
        f'does not pass on (it passes on {", ".join(sorted(packed))}); '
        'bbox_size, the longer side of the box, is always there'
    )


def _names(faces: Faces, metric: BaseMetric) -> list[str]:
    """List the figures of a metric; none where they are not known."""
    names: list[str] = []
    own = type(metric).compute_metrics  # that of a user gives other names
    if isinstance(metric, NME) and own is NME.compute_metrics:
        names = ['NME']
    elif (
        isinstance(metric, FaceAlignmentMetric)
        and own is FaceAlignmentMetric.compute_metrics
    ):
        probe = _rehearsal(faces, metric)
        names = list(probe.compute_metrics(probe.results))
    prefix = f'{metric.prefix}/' if metric.prefix else ''
    return [prefix + name for name in names]


def _evaluator_of(faces: Faces) -> str:
    return 'val_evaluator' if faces.where == 'validation' else 'test_evaluator'


def _name(face_id: Any, path: str) -> str:
    return f'id {face_id} ({path})' if path else f'id {face_id}'
