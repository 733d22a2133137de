"""Data sets from their official files to annotations that MMPose reads."""

from .aflw import read_aflw
from .boxes import BOX_KINDS
from .celeba import read_celeba
from .checks import check_annotated, check_num_keypoints
from .coco import read_coco
from .cofw import read_cofw
from .dlc import read_dlc
from .examine import Options, ProblemsError, StrictError
from .face_300vw import read_300vw
from .face_300w import read_300w
from .imglab import read_imglab
from .kinds import KINDS, Kind, add_options
from .labelme import read_labelme
from .merlrav import read_merlrav
from .metainfo import metainfo_of, metainfo_source, parse_flip_pairs
from .mirror_pairs import (
    find_flip_indices,
    infer_flip_indices,
    mirror_distances,
    named_flip_indices,
)
from .prepare import Prepared, prepare
from .preview import PREVIEW, describe_face
from .pts import read_pts
from .pts_folder import read_pts_folder
from .records import Face, Problem, Source
from .table import read_tables
from .training_config import (
    OwnData,
    check_base,
    parse_norm,
    training_config,
)
from .units import UNITS
from .wflw import read_wflw

__all__ = [
    'BOX_KINDS',
    'KINDS',
    'PREVIEW',
    'UNITS',
    'Face',
    'Kind',
    'Options',
    'OwnData',
    'Prepared',
    'Problem',
    'ProblemsError',
    'Source',
    'StrictError',
    'add_options',
    'check_annotated',
    'check_base',
    'check_num_keypoints',
    'describe_face',
    'find_flip_indices',
    'infer_flip_indices',
    'metainfo_of',
    'metainfo_source',
    'mirror_distances',
    'named_flip_indices',
    'parse_flip_pairs',
    'parse_norm',
    'prepare',
    'read_300vw',
    'read_300w',
    'read_aflw',
    'read_celeba',
    'read_coco',
    'read_cofw',
    'read_dlc',
    'read_imglab',
    'read_labelme',
    'read_merlrav',
    'read_pts',
    'read_pts_folder',
    'read_tables',
    'read_wflw',
    'training_config',
]
