"""Time and memory for each face, as the number of faces grows.

Losses, graph, poses, metric, reading and preparation, each on 68 keypoints in
a process of its own, which also measures the peak of its memory. What is given
to them (faces in memory, a file of annotations) is not counted. Constant is a
figure that is at most a quarter larger for a hundred times as many faces.
"""

import io
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property, lru_cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mmpose_scgcn.datasets import collect_shapes
from mmpose_scgcn.datasets.indexed_shapes import shapes_by_index
from mmpose_scgcn.datasets.preparation import Options, prepare
from mmpose_scgcn.datasets.preparation.records import Face, Source
from mmpose_scgcn.datasets.records import Records, write_records
from mmpose_scgcn.evaluation import FaceAlignmentMetric
from mmpose_scgcn.graph import build_graph
from mmpose_scgcn.models.losses import StructureCoherentLoss
from mmpose_scgcn.shapes import pose_axis
from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
import torch
from mmengine.dataset import BaseDataset
from mmengine.registry import init_default_scope
from mmpose.datasets import Face300WDataset
from speed_measure import in_child, peak_growth
from speed_rows import Row

KEYPOINTS = 68
GOAL = 'ratio at most 1.25'
#: Faces that the metric is given at once, as a batch.
BATCH = 1000


def make_faces(number: int) -> np.ndarray:
    """Draw keypoints (N, K, 2), float32, image px of a picture of 256."""
    rng = np.random.default_rng(0)
    base = rng.uniform(60, 200, (KEYPOINTS, 2)).astype(np.float32)
    faces = rng.standard_normal((number, KEYPOINTS, 2), np.float32)
    faces *= 3
    faces += base
    return faces


def graph_of(faces: np.ndarray) -> dict:
    """Build a graph of faces, all keypoints visible."""
    seen = np.ones(faces.shape[:2], bool)
    return build_graph(faces, seen, faces / np.float32(256))


def losses(number: int) -> Callable[[], Any]:
    """Both losses of the paper, forward and backward."""
    target = torch.from_numpy(make_faces(number)) / 256
    relative = dict(
        type='mmpose_scgcn.RelativeLocationLoss',
        graph=graph_of(make_faces(1000)),
    )
    loss = StructureCoherentLoss(
        relative=relative, input_size=(256, 256), use_target_weight=True
    )
    weight = torch.ones(target.shape[:2])
    output = (target + 0.01).requires_grad_()
    return lambda: loss(output, target, weight).backward()


def graph(number: int) -> Callable[[], Any]:
    """The keypoint graph of faces."""
    faces = make_faces(number)
    return lambda: graph_of(faces)


def poses(number: int) -> Callable[[], Any]:
    """Pose analysis."""
    faces = make_faces(number)
    return lambda: pose_axis(faces)


def metric(number: int) -> Callable[[], Any]:
    """All of the metric: what it keeps, and the figures."""
    found = FaceAlignmentMetric('inter_ocular')
    found.dataset_meta = dict(dataset_name='300w', num_keypoints=KEYPOINTS)
    visible = np.ones((1, KEYPOINTS), np.float32)
    box = np.array([[60, 60, 200, 200]], np.float32)
    batch: list[dict] = [
        dict(
            gt_instances=dict(
                keypoints=face[None], keypoints_visible=visible, bboxes=box
            ),
            pred_instances=dict(keypoints=face[None] + 1),
        )
        for face in make_faces(BATCH)
    ]

    def run() -> None:
        for start in range(0, number, BATCH):
            for index, sample in enumerate(batch, start):
                sample['id'] = index
                sample['img_path'] = f'data/300w/images/{index:08d}.jpg'
            found.process({}, batch)
        found.evaluate(number)

    return run


@dataclass
class Annotations:
    """A file of annotations on one picture, in a folder that goes."""

    number: int
    folder: Any = field(default_factory=tempfile.TemporaryDirectory)

    @cached_property
    def source(self) -> Source:
        """Faces in memory, and the picture that they are on."""
        images = Path(self.folder.name) / 'source'
        images.mkdir()
        cv2.imwrite(str(images / '0.jpg'), make_face(0, 0, 256).image)
        flags = np.ones(KEYPOINTS, int)
        faces = [
            Face('0.jpg', points, flags, f'row {i}', str(i))
            for i, points in enumerate(make_faces(self.number))
        ]
        return Source('speed', dict(trainval=faces), images)

    def prepare(self) -> None:
        """Write the files."""
        target = Path(self.folder.name) / 'out'
        prepare(self.source, target, Options(val_share=0.0))

    def open(self) -> Face300WDataset:
        """Read them with MMPose."""
        name = f'{self.folder.name}/out/face_landmarks_speed_train.json'
        with redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter('ignore')  # of where MMPose looks first
            return Face300WDataset(ann_file=name, pipeline=[])


def preparation(number: int) -> Callable[[], Any]:
    """Check faces and write their annotation files."""
    made = Annotations(number)
    _ = made.source
    return made.prepare


@lru_cache
def written(number: int) -> Annotations:
    """Write an annotation file, once for all who read it."""
    made = Annotations(number)
    made.prepare()
    del made.source  # frees the faces
    return made


def annotations(number: int) -> Callable[[], Any]:
    """Open an annotation file in MMPose."""
    return written(number).open


def shapes_for_graph(number: int) -> Callable[[], Any]:
    """Read what a graph is built from."""
    data = written(number).open()
    return lambda: collect_shapes(data)


def shapes_for_sampler(number: int) -> Callable[[], Any]:
    """Read what poses are balanced by."""
    data = written(number).open()
    return lambda: shapes_by_index(data)


@lru_cache
def mapped(number: int) -> Records:
    """Write records of faces, as a data set has them, to be mapped."""
    made = written(1000)
    data = made.open()
    path = Path(made.folder.name) / f'{number}.records'
    faces = (BaseDataset.get_data_info(data, i % 1000) for i in range(number))
    write_records(path, (dict(f, id=i) for i, f in enumerate(faces)), {})
    return Records(path)


def mapped_open(number: int) -> Callable[[], Any]:
    """Map records that are there, and read one of them."""
    records = Records(mapped(number).path)
    return lambda: records[len(records) // 2]


def mapped_read(number: int) -> Callable[[], Any]:
    """Read all of them, one by one, as an epoch does."""
    records = Records(mapped(number).path)
    return lambda: all(records)


MILLION, FIFTY = (10**4, 10**5, 10**6), (10**4, 5 * 10**4)
#: By name, of what is measured, the numbers of faces.
WORK = {
    'losses, forward and backward': (losses, MILLION),
    'graph': (graph, MILLION),
    'pose analysis': (poses, MILLION),
    'metric': (metric, MILLION),
    'preparation': (preparation, MILLION[:2]),
    'preparation of a million': (preparation, MILLION[::2]),
    "annotation file in MMPose's reader": (annotations, FIFTY),
    'shapes of a data set, for the graph': (shapes_for_graph, FIFTY),
    'shapes of a data set, for the sampler': (shapes_for_sampler, FIFTY),
    'mapped annotations, to the first face': (mapped_open, MILLION),
    'mapped annotations, reading a face': (mapped_read, MILLION),
}

#: What is made before a process is measured, for all that need it.
_BEFORE = {
    annotations: written,
    shapes_for_graph: written,
    shapes_for_sampler: written,
    mapped_open: mapped,
    mapped_read: mapped,
}


def _measure(make: Callable, number: int) -> tuple[float, int]:
    """Give the seconds and the bytes of a piece of work."""
    init_default_scope('mmpose')
    run = make(number)
    taken = SimpleNamespace(seconds=0.0)

    def timed() -> None:
        start = time.perf_counter()
        run()
        taken.seconds = time.perf_counter() - start

    memory = peak_growth(timed)
    return taken.seconds, memory


def rows(names: tuple[str, ...]) -> Iterator[Row]:
    """Give the rows of the speed benchmark, of some of :data:`WORK`."""
    for name in names:
        make, numbers = WORK[name]
        first: list[float] = []
        for number in numbers:
            prepare = _BEFORE.get(make)
            if prepare:
                prepare(number)
            seconds, memory = in_child(partial(_measure, make, number))
            figures = 1e6 * seconds / number, memory / number
            first = first or list(figures)
            kinds = ('time', 'us per face'), ('memory', 'bytes per face')
            for (kind, unit), figure, base in zip(
                kinds, figures, first, strict=True
            ):
                grown = number > numbers[0]
                yield Row(
                    f'{name}, {number:,} faces: {kind}',
                    *(figure, unit),
                    baseline=base if grown else None,
                    beside=f'{numbers[0]:,} faces' if grown else '',
                    goal=GOAL if number == numbers[-1] else '',
                    plot='faces',
                    curve=name,
                    at=number,
                )
