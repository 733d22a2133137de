"""The input pipeline: images a second, where time goes, and what a cache pays.

Drawn faces as JPEG files, as crops of 288 px and in photos of 1600 x 1200,
through the training pipeline of 300W at 64 px, and an epoch of the small graph
relational model on the crops. "cache" is LoadFaceImage(cache=FOLDER), filled
by an epoch that is not counted.
"""

import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from mmpose_scgcn.config_files import read_config
from mmpose_scgcn.datasets.build import build_split
from mmpose_scgcn.datasets.wrappers import own_transforms
from mmpose_scgcn.structures.boxes import tight_boxes
from mmpose_scgcn.structures.coco import (
    annotation_entry,
    annotation_file,
    image_entry,
)
from mmpose_scgcn.structures.conventions import WFLW_AS_300W
from mmpose_scgcn.synthetic import make_face

import cv2
import numpy as np
from bench_training_steps import make_model, make_wrapper, step_seconds
from mmengine.dataset import BaseDataset, pseudo_collate
from speed_measure import once, take_turns
from speed_rows import Row
from torch.utils.data import DataLoader

CONFIG = 'td-reg_cnn6-scgcn_1xb32-60e_300w-64x64'
DRAWN, BATCH = 32, 32
SIZES = {'crops of 288 px': (288, 288), 'photos of 1600 x 1200': (1600, 1200)}
QUALITY = [cv2.IMWRITE_JPEG_QUALITY, 92]


def write_faces(folder: Path, size: tuple[int, int], number: int) -> None:
    """Write pictures of a size with one drawn face each, and annotations."""
    (folder / 'images').mkdir()
    rng = np.random.default_rng(0)
    width, height = size
    images, entries = [], []
    faces = [make_face(0, index, 288) for index in range(DRAWN)]
    for number_of in range(number):
        face = faces[number_of % DRAWN]
        picture = rng.integers(0, 256, (height // 8, width // 8, 3), np.uint8)
        picture = cv2.resize(picture, size)
        picture[:288, :288] = face.image
        name = f'{number_of}.jpg'
        cv2.imwrite(str(folder / 'images' / name), picture, QUALITY)
        points = face.keypoints[list(WFLW_AS_300W)]
        images.append(image_entry(number_of, name, width, height))
        entries.append(
            annotation_entry(
                points,
                np.ones(len(points), int),
                tight_boxes(points[None])[0],
                (number_of, number_of),
                {},
            )
        )
    content = annotation_file(images, entries, (), {})
    (folder / 'faces.json').write_text(json.dumps(content), encoding='utf-8')


def open_faces(folder: Path, cached: bool) -> BaseDataset:
    """Open the training set, with the pipeline of the config."""
    cfg = read_config(CONFIG, {})
    data = cfg.train_dataloader.dataset
    data.update(data_root=f'{folder}/', ann_file='faces.json')
    if cached:
        data.pipeline[0].cache = str(folder / 'cache')
    return build_split(cfg, 'train')


def load(dataset: BaseDataset, workers: int) -> DataLoader:
    """Make a loader as the runner does."""
    return DataLoader(
        dataset,
        BATCH,
        shuffle=True,
        num_workers=workers,
        persistent_workers=workers > 0,
        collate_fn=pseudo_collate,
    )


def rates(kind: str, sets: dict[str, BaseDataset], runs: int) -> Iterator[Row]:
    """Give images a second with 0, 1 and 2 workers."""
    for workers in (0, 1, 2):
        calls = {
            name: (lambda loader: lambda: sum(1 for _ in loader))(
                load(dataset, workers)
            )
            for name, dataset in sets.items()
        }
        taken = take_turns(calls, runs)
        plain, cached = (len(sets[n]) / taken[n] for n in ('plain', 'cache'))
        name = f'{kind}, {workers} workers'
        yield Row(name, plain, 'images a second')
        yield Row(
            f'{name}, cache',
            *(cached, 'images a second', plain, 'without it'),
            goal='ratio at least 1.2' if workers == 0 else '',
        )


def parts(kind: str, dataset: BaseDataset) -> Iterator[Row]:
    """Give the time of each transform."""
    spent: Counter[str] = Counter()
    for index in range(len(dataset)):
        start = time.perf_counter()
        results = dataset.get_data_info(index)
        spent['annotation'] += time.perf_counter() - start
        for transform in own_transforms(dataset):
            start = time.perf_counter()
            results = transform(results)
            name = type(transform).__name__
            spent[name] += time.perf_counter() - start
    for name, seconds in spent.items():
        yield Row(
            f'{kind}: {name}',
            *(1e3 * seconds / len(dataset), 'ms per image'),
        )


def epochs(sets: dict[str, BaseDataset]) -> Iterator[Row]:
    """Give the seconds of an epoch of training."""
    cfg = read_config(CONFIG, {})
    model = make_model(cfg)
    wrapper = make_wrapper(cfg, model, low=False)

    def epoch(loader: DataLoader) -> None:
        for batch in loader:
            data = model.data_preprocessor(batch, training=True)
            step_seconds(model, wrapper, data)

    for workers in (0, 1):
        loaders = {n: load(dataset, workers) for n, dataset in sets.items()}
        for loader in loaders.values():  # start the workers
            next(iter(loader))
        plain = once(lambda loaders=loaders: epoch(loaders['plain']))
        cached = once(lambda loaders=loaders: epoch(loaders['cache']))
        faces = len(sets['plain'])
        yield Row(
            f'epoch of {faces} crops, 64 px model, {workers} workers, cache',
            *(cached, 's', plain, 'without it'),
        )


def rows(runs: int = 3) -> Iterator[Row]:
    """Give the rows of the speed benchmark."""
    cv2.setNumThreads(0)
    for kind, size in SIZES.items():
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_faces(folder, size, 512 if size[0] == 288 else 64)
            sets = {
                'plain': open_faces(folder, False),
                'cache': open_faces(folder, True),
            }
            yield from rates(kind, sets, runs)
            yield from parts(kind, sets['plain'])
            if size[0] == 288:
                yield from epochs(sets)
