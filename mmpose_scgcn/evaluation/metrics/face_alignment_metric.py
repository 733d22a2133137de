"""The metrics of face alignment, as an MMPose metric."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from mmpose_scgcn.processes import on_first
from mmpose_scgcn.registry import METRICS

from mmengine.dist import collect_results
from mmengine.evaluator import BaseMetric

from ..annotation_fields import AnnotationFields
from ..face_report import report_bad_faces, result_columns, warn
from ..face_samples import read_face, unique_faces
from ..face_scores import (
    AUC_THRESHOLD,
    FR_THRESHOLDS,
    score_samples,
    split_nme,
    subset_masks,
    summarize_subsets,
    summarize_with_bias,
)
from ..functional import (
    build_subsets,
    check_thresholds,
    mean_nme,
    offset_error,
    resolve_norm,
    write_face_results,
)
from ..functional.normalization import Norm


@METRICS.register_module()
class FaceAlignmentMetric(BaseMetric):
    """NME, failure rate and area under the CED, per face and per subset.

    Keys: ``NME`` (mean over faces of each face's mean over its visible
    keypoints), ``FR@0.08``, ``FR@0.10`` (share of faces with an NME strictly
    above), ``AUC@0.10`` (exact area under the CED, 1.0 for a perfect model),
    ``NME_pooled`` (MMPose's: over all visible keypoints of all faces), and
    the same for each subset as ``<subset>/NME``; ``bias_x`` and ``bias_y``,
    where predictions lie on average, to the right of the annotations and
    below them, and ``bias_x_stderr``, the standard error of the former. All
    are fractions, and NaN for a subset without faces. Save the best checkpoint
    with ``save_best='NME', rule='less'``.

    Faces that the data set class leaves out (no keypoint, no box) are no
    part of these figures; ``num_dropped_faces`` says how many there are, where
    ``CheckHook`` is in the run.

    The unit is the face, known by its annotation ``id``: one that comes twice
    counts once.

    Note:
        A prediction that is NaN or inf is an infinite error: the face counts
        as failed in FR and AUC, ``NME`` is ``inf`` (never the best
        checkpoint, and training goes on), ``num_nonfinite_predictions`` says
        how many, and a warning says which. A face whose *annotation* allows
        no score is dealt with as ``bad_faces`` says.

    Args:
        norm (str | Sequence): The normaliser: ``'inter_ocular'`` (outer eye
            corners), ``'inter_pupil'`` (pupils, or means of the eye
            contours), ``'box_size'`` (longer side), ``'box_diagonal'``,
            ``'box_sqrt_area'``, or two keypoints or groups of keypoints, such
            as ``((36,), (45,))``. The box is the data set's own, before the
            pipeline's padding, clipped to the image where MMPose clips it;
            for WFLW, 300W and AFLW MMPose makes it from the annotation's
            ``center`` and ``scale``, elsewhere from ``bbox``.
        fr_thresholds (Sequence[float]): Fractions. Defaults to (0.08, 0.10).
        auc_threshold (float): A fraction. Defaults to 0.10.
        subsets (str | dict, optional): ``'wflw'``, ``'300w'`` or a dict, see
            :func:`~mmpose_scgcn.evaluation.functional.build_subsets`.
        ann_file (str, optional): The test set's annotation file, whose
            annotations are joined by ``id`` for ``subsets`` and
            ``split_occluded``. Needed where the data set class drops
            ``raw_ann_info`` (WFLW, 300W, AFLW).
        out_file (str, optional): CSV file of per-face results, written anew
            at each evaluation
            (:mod:`mmpose_scgcn.evaluation.functional.face_results`).
        split_occluded (bool): Also report ``NME_visible`` and
            ``NME_occluded``, over the keypoints that the annotation flags 2
            and 1 (COFW), each over the faces that have some. Defaults to
            False.
        bad_faces (str): What to do with faces that have no visible keypoint,
            no finite ground truth, or no positive normaliser: ``'raise'``, or
            ``'count'`` to leave them out, report ``num_unscored_faces`` and
            warn. Both give their ids. Defaults to ``'raise'``.
        field (str): Which keypoints of the predictions are evaluated, such as
            ``coarse_keypoints`` of ``TwoStageEstimator`` (with a ``prefix``
            of its own). Defaults to ``keypoints``.
        collect_device (str): How several processes hand over their faces:
            ``'gpu'``, as they communicate in training, or ``'cpu'``, by files
            in a folder that all of them share. Defaults to ``'gpu'``, which
            needs no GPU, or ``'cpu'`` where ``collect_dir`` is given.
        **kwargs: ``prefix`` and ``collect_dir`` of
            :class:`mmengine.evaluator.BaseMetric`.

    Example:
        One face of two keypoints, which are 10 px apart. One of them is
        predicted 1 px too far to the right.

        >>> import numpy as np
        >>> gt = np.array([[[20.0, 30.0], [30.0, 30.0]]])
        >>> face = dict(
        ...     id=1,
        ...     gt_instances=dict(
        ...         keypoints=gt,
        ...         keypoints_visible=np.ones((1, 2)),
        ...         bboxes=np.array([[10.0, 20.0, 40.0, 50.0]]),
        ...     ),
        ...     pred_instances=dict(keypoints=gt + [[[1, 0], [0, 0]]]),
        ... )
        >>> metric = FaceAlignmentMetric(norm=((0,), (1,)))
        >>> metric.dataset_meta = dict(dataset_name='two', num_keypoints=2)
        >>> metric.process({}, [face])
        >>> metrics = metric.evaluate(size=1)
        >>> metrics['NME'], metrics['FR@0.08'], metrics['FR@0.10']
        (0.05, 0.0, 0.0)
    """

    # Not None, which would warn: keys without a prefix are meant.
    default_prefix = ''

    def __init__(
        self,
        norm: Norm,
        fr_thresholds: Sequence[float] = FR_THRESHOLDS,
        auc_threshold: float = AUC_THRESHOLD,
        subsets: str | Mapping[str, dict] | None = None,
        ann_file: str | None = None,
        out_file: str | None = None,
        split_occluded: bool = False,
        bad_faces: str = 'raise',
        field: str = 'keypoints',
        collect_device: str | None = None,
        **kwargs: Any,
    ) -> None:
        if collect_device is None:
            collect_device = 'cpu' if kwargs.get('collect_dir') else 'gpu'
        super().__init__(collect_device, **kwargs)
        resolve_norm(norm, '300w')  # a wrong name fails here, not in a run
        check_thresholds(fr_thresholds, auc_threshold)
        if bad_faces not in ('raise', 'count'):
            raise ValueError(
                f"bad_faces must be 'raise' or 'count', got {bad_faces!r}"
            )
        self.norm = norm
        self.thresholds = tuple(fr_thresholds), auc_threshold
        self.fields = AnnotationFields(
            build_subsets(subsets), split_occluded, ann_file
        )
        self.out_file = out_file
        self.split_occluded = split_occluded
        self.bad_faces = bad_faces
        self.field = field
        #: Annotations that the data set class has left out; CheckHook knows.
        self.num_dropped_faces = 0

    @property
    def dataset_meta(self) -> dict | None:
        """Meta information of the data set, set before the first epoch."""
        return self._dataset_meta

    @dataset_meta.setter
    def dataset_meta(self, dataset_meta: dict) -> None:
        """Keep it, and fail now, not after an epoch, if it does not suit."""
        self._dataset_meta = dataset_meta
        resolve_norm(self.norm, self._dataset_name)
        self.fields.prepare()

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Keep what is needed of each face.

        Args:
            data_batch (Any): Not used.
            data_samples (Sequence[dict]): Predicted samples of one face each.
        """
        for sample in data_samples:
            face = read_face(sample, self.field)
            annotation = sample.get('raw_ann_info')
            fields = self.fields.find(face.id, face.img_path, annotation)
            # How certain keypoints are is no part of the figures.
            self.results.append(replace(face, fields=fields, scores=None))

    def evaluate(self, size: int) -> dict:
        """Compute the metrics over all processes.

        Args:
            size (int): Not used: it would cut repeated faces by position,
                where they are told by their id.

        Returns:
            dict: The metrics, on every process.

        Raises:
            Exception: On every process, what went wrong on the main one.
        """
        results = collect_results(
            self.results, sys.maxsize, self.collect_device, self.collect_dir
        )
        self.results.clear()
        metrics = on_first(partial(self.compute_metrics, results))
        prefix = f'{self.prefix}/' if self.prefix else ''
        return {prefix + name: value for name, value in metrics.items()}

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Compute the metrics from all faces.

        Args:
            results (list[FaceSample]): Faces of all processes.

        Returns:
            dict: Metrics by name, plain numbers.

        Raises:
            ValueError: Faces that cannot be scored, or no face at all.
        """
        faces = unique_faces(results)
        scores = score_samples(faces, self.norm, self._dataset_name)
        report_bad_faces(faces, scores, self.bad_faces)
        members = subset_masks(faces, self.fields.subsets)
        split = split_nme(faces, scores) if self.split_occluded else {}
        if self.out_file:
            columns = result_columns(faces, scores, split, members)
            write_face_results(self.out_file, columns)
        metrics = summarize_with_bias(scores, *self.thresholds)
        metrics['bias_x_stderr'] = float(offset_error(scores)[0])
        metrics.update({name: mean_nme(nme) for name, nme in split.items()})
        metrics.update(summarize_subsets(scores, members, *self.thresholds))
        for name, mask in members.items():
            if not mask.any():
                warn(f'no face belongs to subset {name!r}')
        if self.num_dropped_faces:
            metrics['num_dropped_faces'] = self.num_dropped_faces
        return metrics

    @property
    def _dataset_name(self) -> str | None:
        """Name of the data set, by which its eyes are known."""
        return (self.dataset_meta or {}).get('dataset_name')
