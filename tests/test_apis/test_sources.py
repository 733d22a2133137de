"""What people name on the command line."""

import os
from pathlib import Path

from mmpose_scgcn.apis.sources import Source, Video, find_sources

import cv2
import numpy as np
import pytest

IMAGE = np.zeros((8, 8, 3), np.uint8)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ('a.JPG', 'b.png', 'film.MP4', 'notes.txt', 'in/c.jpg'):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b'')
    (tmp_path / 'album.jpg').mkdir()
    return tmp_path


def names(*inputs):
    sources, problems = find_sources(map(str, inputs))
    assert problems == []
    return [source.path.name for source in sources]


def test_a_folder_gives_its_images_and_videos(folder):
    assert names(folder) == ['a.JPG', 'b.png', 'film.MP4']
    kinds = [source.kind for source in find_sources(['.'])[0]]
    assert kinds == ['image', 'image', 'video']


def test_each_file_once_however_it_is_named(folder):
    same = 'a.JPG', './a.JPG', folder / 'a.JPG', 'in/../a.JPG', '*.JPG'
    assert names(*same) == ['a.JPG']


def test_two_stars_look_into_folders(folder):
    (folder / 'in/deep').mkdir()
    (folder / 'in/deep/d.jpg').write_bytes(b'')
    assert names('**/*.jpg') == ['c.jpg', 'd.jpg']


def test_a_file_of_the_name_of_a_pattern(folder):
    (folder / 'x[1]*.png').write_bytes(b'')
    assert names('x[1]*.png') == ['x[1]*.png']


def test_names_of_results_are_given_once(folder):
    for name in ('in/a.png', 'y.jpg', 'in/deep/a.png'):
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b'')
    files = 'a.JPG', 'in/a.png', 'y.jpg', 'in/deep/a.png'
    given = [source.name for source in find_sources(files)[0]]
    assert given == ['a', 'a_2', 'y', 'a_3']


def test_a_camera_is_no_file(folder):
    (folder / 'webcam_1').write_bytes(b'')
    sources, _ = find_sources(['webcam:1', 'webcam_1', 'webcam'])
    assert [source.kind for source in sources] == ['webcam', 'image', 'webcam']
    assert [source.camera for source in sources] == [1, 0, 0]


def test_what_cannot_be_read_does_not_hide_the_rest(folder, monkeypatch):
    (folder / 'locked').mkdir()
    listed = Path.iterdir

    def refuse(path):
        if path.name == 'locked':
            raise PermissionError(13, os.strerror(13), str(path))
        return listed(path)

    monkeypatch.setattr(Path, 'iterdir', refuse)
    sources, problems = find_sources(['locked', 'b.png', 'n' * 300])
    assert [source.path.name for source in sources] == ['b.png']
    assert problems == [
        'locked cannot be read: Permission denied',
        f'{"n" * 300} cannot be read: File name too long',
    ]


def test_a_file_keeps_its_own_name(folder):
    """Though one before it would take it: the name of its results is a_2."""
    for name in ('a_2.jpg', 'in/a.png'):
        (folder / name).write_bytes(b'')
    sources, _ = find_sources(['a.JPG', 'in/a.png', 'a_2.jpg'])
    assert [source.name for source in sources] == ['a', 'a_3', 'a_2']


def test_what_only_looks_like_an_image_or_a_video_is_passed_over(folder):
    (folder / '._a.JPG').write_bytes(b'')  # of macOS
    (folder / 'page.ts').write_text('export const a = 1')
    (folder / 'stream.ts').write_bytes(b'\x47' + bytes(187))
    (folder / 'clip.MTS').write_bytes(b'')
    (folder / 'scan.j2k').write_bytes(b'')
    found = names(folder)
    assert not {'._a.JPG', 'page.ts'} & set(found)
    assert {'stream.ts', 'clip.MTS', 'scan.j2k'} <= set(found)
    assert names('page.ts') == ['page.ts']


def test_an_empty_name_is_not_this_folder(folder):
    sources, problems = find_sources([''])
    assert sources == []
    assert problems == [
        'an empty name; expected a file, a folder or a pattern'
    ]


def test_a_pipe_is_left_to_the_reader_which_says_so(folder):
    os.mkfifo('pipe')
    ((source,), problems) = find_sources(['pipe'])
    assert (source.path.name, problems) == ('pipe', [])


def test_a_pipe_in_the_place_of_a_video_is_not_waited_for(folder):
    for name in ('pipe.mp4', 'pipe.ts'):
        os.mkfifo(name)
        assert name in names(folder)
        ((source,), _) = find_sources([name])
        assert source.kind == 'video'
        with pytest.raises(ValueError, match=f'{name} is a device or a pipe'):
            Video(source)


def test_names_of_results_differ_on_any_disk(folder):
    """Capitals, and accents written apart, may be the same file."""
    files = 'in/IMG.png', 'in/deep/img.png', 'x/\u00e9.png', 'y/e\u0301.png'
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(b'')
    given = [source.name for source in find_sources(files)[0]]
    assert given == ['IMG', 'img_2', '\u00e9', 'e\u0301_2']


def test_times_are_those_of_the_file_where_they_run_forward(monkeypatch):
    stated = iter([0.0, 40, 140, 140, 100, 400])

    class Capture:
        def get(self, what):
            return {
                cv2.CAP_PROP_FPS: 25.0,
                cv2.CAP_PROP_POS_MSEC: None,
                cv2.CAP_PROP_FRAME_COUNT: 6,
            }[what] or self.now

        def read(self):
            self.now = next(stated, None)
            return self.now is not None, IMAGE

        def isOpened(self):
            return True

        def release(self):
            pass

    monkeypatch.setattr(cv2, 'VideoCapture', lambda _: Capture())
    video = Video(Source('video', Path('a.mp4')))
    times = [video.time_s for _ in video]
    assert times == pytest.approx([0, 0.04, 0.14, 0.18, 0.22, 0.4])
    # A time said twice, and the next one a rounding later than assumed.
    video = Video(Source('video', Path('a.mp4')))
    stated = iter([0.0, *(i * 1000 / 29.97 for i in range(20))])
    video.rate = 29.97
    times = [video.time_s for _ in video]
    assert np.diff(times).min() > 0.02
