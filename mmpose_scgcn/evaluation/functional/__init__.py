"""Face alignment metrics as pure functions of arrays; no MMPose import."""

from .ced import (
    ced_auc,
    ced_curve,
    check_thresholds,
    failure_rate,
    summarize_nme,
)
from .face_results import read_face_results, write_face_results
from .nme import face_faults, face_nme, keypoint_errors, pooled_nme
from .normalization import (
    BOX_NORMS,
    EYE_GROUPS,
    EYE_NORMS,
    box_size,
    face_normalizers,
    group_distance,
    resolve_norm,
)
from .offset import lies_to_one_side, mean_offset, offset_error
from .scores import (
    FaceScores,
    join_scores,
    masked_nme,
    mean_nme,
    score_faces,
    summarize_scores,
)
from .subsets import PRESETS, build_subsets

__all__ = [
    'BOX_NORMS',
    'EYE_GROUPS',
    'EYE_NORMS',
    'PRESETS',
    'FaceScores',
    'box_size',
    'build_subsets',
    'ced_auc',
    'ced_curve',
    'check_thresholds',
    'face_faults',
    'face_nme',
    'face_normalizers',
    'failure_rate',
    'group_distance',
    'join_scores',
    'keypoint_errors',
    'lies_to_one_side',
    'masked_nme',
    'mean_nme',
    'mean_offset',
    'offset_error',
    'pooled_nme',
    'read_face_results',
    'resolve_norm',
    'score_faces',
    'summarize_nme',
    'summarize_scores',
    'write_face_results',
]
