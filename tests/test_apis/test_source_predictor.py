"""Images, videos and cameras one after another."""

import weakref
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

from mmpose_scgcn.apis import results, source_predictor
from mmpose_scgcn.apis.problems import Doubtful, Partly, named
from mmpose_scgcn.apis.results import ResultFiles
from mmpose_scgcn.apis.source_predictor import (
    BATCH,
    SourcePredictor,
    group_images,
)
from mmpose_scgcn.apis.sources import Source
from mmpose_scgcn.apis.writers import VideoFile
from mmpose_scgcn.structures import Faces

import cv2
import numpy as np
import pytest

IMAGE = np.zeros((60, 80, 3), np.uint8)
#: Times of the frames that a tracker was given.
FOLLOWED = []


def write_video(path, frames, rate=25.0):
    """A video of IMAGE."""
    writer = cv2.VideoWriter(
        str(path), cv2.VideoWriter.fourcc(*'MJPG'), rate, (80, 60)
    )
    for _ in range(frames):
        writer.write(IMAGE)
    writer.release()


def test_images_that_follow_each_other_are_a_group():
    image, video = (
        Source('image', Path('a.jpg')),
        Source('video', Path('b.avi')),
    )
    groups = group_images([*[image] * (BATCH + 1), video, video, image])
    assert [(len(group), group[0].kind) for group in groups] == [
        (BATCH, 'image'),
        (1, 'image'),
        (1, 'video'),
        (1, 'video'),
        (1, 'image'),
    ]
    assert list(group_images([])) == []


def test_a_limit_chooses_boxes_of_images_and_not_of_videos(tmp_path):
    """In a video the tracker prefers the faces that it follows."""
    cv2.imwrite(str(tmp_path / 'a.png'), IMAGE)
    write_video(tmp_path / 'b.avi', 2)
    boxes = np.float32([[0, 0, 20, 20], [30, 30, 50, 50]])
    predicted, detected = [], []

    def predict(images, boxes):
        predicted.append(len(boxes[0]))
        return [Faces.empty(num_keypoints=3)]

    def make_tracker(predict_frame, detect):
        def update(image, time_s):
            detected.append(len(detect(image)[0]))
            return Faces.empty(num_keypoints=3)

        return SimpleNamespace(update=update)

    predictor = SourcePredictor(
        predict,
        lambda image, path: (boxes, np.ones(2, np.float32)),
        make_tracker,
        ResultFiles(),
        lambda faces: None,
        max_faces=1,
    )
    sources = [
        Source('image', tmp_path / 'a.png', name='a'),
        Source('video', tmp_path / 'b.avi', name='b'),
    ]
    list(predictor(sources))
    assert predicted == [1]
    assert detected == [2, 2]


class Whole:
    """Predicts a point in each image, and counts those that come together."""

    def __init__(self):
        self.together = []

    def predict(self, images, boxes):
        self.together.append(len(images))
        return [Faces.empty(num_keypoints=3) for _ in images]

    def __call__(self, folder, records=None):
        predictor = SourcePredictor(
            self.predict,
            lambda image, path: (np.zeros((0, 4)), np.zeros(0)),
            None,
            ResultFiles(records=records),
            lambda faces: None,
        )
        files = sorted(folder.glob('*.png'))
        sources = [Source('image', path, name=path.stem) for path in files]
        return [
            told for _, problems in predictor(sources) for told in problems
        ]


def test_large_images_are_not_kept_together(tmp_path, monkeypatch):
    for number in range(5):
        cv2.imwrite(str(tmp_path / f'{number}.png'), IMAGE)
    monkeypatch.setattr(source_predictor, 'BATCH_PX', 2 * IMAGE[..., 0].size)
    whole = Whole()
    assert whole(tmp_path) == []
    assert whole.together == [2, 2, 1]
    monkeypatch.setattr(source_predictor, 'BATCH_PX', 1)
    whole = Whole()
    whole(tmp_path)
    assert whole.together == [1] * 5


def test_an_image_of_12_bits_in_16_is_told(tmp_path):
    values = np.linspace(0, 4095, 4800).astype(np.uint16).reshape(60, 80)
    cv2.imwrite(str(tmp_path / 'dark.png'), values)
    cv2.imwrite(str(tmp_path / 'full.png'), values * 16)
    whole = Whole()
    (told,) = whole(tmp_path)
    assert whole.together == [2]
    assert isinstance(told, Doubtful)
    assert 'dark.png: an image of 16 bits that is nearly black' in told
    assert 'end at 4095 of 65535' in told


def test_results_of_an_earlier_run_are_named(tmp_path):
    records = tmp_path / 'records'
    cv2.imwrite(str(tmp_path / 'a.png'), IMAGE)
    assert Whole()(tmp_path, records) == []
    (tmp_path / 'a.png').write_bytes(b'cut off')
    (told,) = Whole()(tmp_path, records)
    assert told.endswith(f'; {records / "a.json"} is from an earlier run')


def test_an_image_that_needs_too_much_memory_does_not_end_the_others(tmp_path):
    for number in range(3):
        image = np.full((60, 80 + number, 3), 9, np.uint8)
        cv2.imwrite(str(tmp_path / f'{number}.png'), image)

    class Memory:
        """What a prediction needs."""

    class Full(Whole):
        def watch(self, held):
            self.held, self.most = held, 0
            return held

        def predict(self, images, boxes):
            memory = Memory()
            self.held.add(memory)
            self.most = max(self.most, len(self.held))
            if any(image.shape[1] == 81 for image in images):
                raise RuntimeError('CUDA out of memory')
            return super().predict(images, boxes)

    full = Full()
    alive = full.watch(weakref.WeakSet())
    (told,) = full(tmp_path, tmp_path / 'records')
    assert told == f'{tmp_path / "1.png"}: CUDA out of memory'
    records = sorted(p.name for p in (tmp_path / 'records').iterdir())
    assert records == ['0.json', '2.json']
    assert full.most == 1  # that of the batch is free when each is tried
    assert len(alive) == 0


def test_other_errors_of_a_network_end_the_run(tmp_path):
    """They would be those of every image."""
    cv2.imwrite(str(tmp_path / 'a.png'), IMAGE)

    class Wrong(Whole):
        def predict(self, images, boxes):
            raise RuntimeError('mat1 and mat2 shapes cannot be multiplied')

    with pytest.raises(RuntimeError, match='cannot be multiplied'):
        Wrong()(tmp_path)


@pytest.mark.parametrize(
    ('error', 'told'),
    [
        (ValueError('a.jpg is empty'), 'a.jpg is empty'),
        (ValueError('./a.jpg is empty'), './a.jpg is empty'),
        (ValueError('my-a.jpg is empty'), 'a.jpg: my-a.jpg is empty'),
        (OSError('v/a.jpg: full'), 'a.jpg: v/a.jpg: full'),
        (MemoryError(), 'a.jpg: MemoryError'),
    ],
)
def test_a_message_names_the_file(error, told):
    assert named(Path('a.jpg'), error) == told


def predict_video(tmp_path, files):
    """Predict two frames; returns what is told."""
    write_video(tmp_path / 's.avi', 2)
    FOLLOWED.clear()

    def update(image, time_s):
        FOLLOWED.append(time_s)
        return replace(Faces.empty(num_keypoints=3), image=image)

    predictor = SourcePredictor(
        None,
        None,
        lambda predict, detect: SimpleNamespace(update=update),
        files,
        lambda faces: None,
    )
    source = Source('video', tmp_path / 's.avi', name='s')
    return [told for _, problems in predictor([source]) for told in problems]


def test_a_picture_that_cannot_be_written_costs_no_keypoints(
    tmp_path, monkeypatch
):
    def write_nothing(file, frame):
        file._count += 1

    monkeypatch.setattr(VideoFile, 'add', write_nothing)
    pictures, records = tmp_path / 'v', tmp_path / 'r'
    (told,) = predict_video(tmp_path, ResultFiles(pictures, records))
    assert isinstance(told, Partly)
    assert told.startswith(f'{tmp_path / "s.avi"}: {pictures / "s.mp4"}: only')
    assert 'only 0 of 2 frames could be written' in told
    assert 'the keypoints of all frames are kept' in told
    assert (records / 's.json').is_file()
    assert list(pictures.iterdir()) == []
    (told,) = predict_video(tmp_path, ResultFiles(pictures))
    assert not isinstance(told, Partly)


def test_a_video_without_any_result_is_not_followed(tmp_path, monkeypatch):
    def fail(file, frame):
        raise OSError(f'OpenCV cannot write the video {file.path}')

    monkeypatch.setattr(VideoFile, 'add', fail)
    told = predict_video(tmp_path, ResultFiles(tmp_path / 'v'))
    assert len(told) == 1 and 'OpenCV cannot write' in told[0]
    assert FOLLOWED == [0.0]


def test_a_key_in_the_window_ends_the_run(tmp_path, monkeypatch):
    for number in range(3):
        cv2.imwrite(str(tmp_path / f'{number}.png'), IMAGE)
    keys = iter([0, ord('q')])
    monkeypatch.setattr(
        results, 'show_picture', lambda *_, wait_ms: next(keys) == ord('q')
    )
    predictor = SourcePredictor(
        lambda images, boxes: [
            replace(Faces.empty(num_keypoints=3), image=image)
            for image in images
        ],
        lambda image, path: (np.zeros((0, 4)), np.zeros(0)),
        None,
        ResultFiles(show=True),
        lambda faces: None,
    )
    files = sorted(tmp_path.glob('*.png'))
    sources = [Source('image', path, name=path.stem) for path in files]
    assert [done for done, _ in predictor(sources)] == [1, 1]
    assert predictor.stopped
