"""Videos as phones and screen recorders make them."""

import struct

from mmpose_scgcn.apis.sources import Source, Video
from mmpose_scgcn.apis.writers import VideoFile

import cv2
import numpy as np
import pytest

FRAME = np.full((60, 80, 3), 90, np.uint8)


def element(name, content):
    """One of Matroska's: name in hexadecimal digits, size, content."""
    size = (len(content) | 1 << 56).to_bytes(8, 'big')
    return bytes.fromhex(name) + size + content


def number(name, value):
    return element(name, value.to_bytes(8, 'big'))


def write_matroska(path, times_ms, duration_ms):
    """JPEG frames at any times; the file does not say how many."""
    jpeg = cv2.imencode('.jpg', FRAME)[1].tobytes()
    head = element(
        '1A45DFA3', element('4282', b'matroska') + number('4285', 2)
    )
    info = number('2AD7B1', 1_000_000)  # a tick is a millisecond
    info += element('4489', struct.pack('>d', duration_ms))
    track = number('D7', 1) + number('73C5', 1) + number('83', 1)
    track += element('86', b'V_MJPEG')
    track += element('E0', number('B0', 80) + number('BA', 60))
    clusters = b''.join(
        element(
            '1F43B675',
            number('E7', time) + element('A3', b'\x81\0\0\x80' + jpeg),
        )
        for time in times_ms
    )
    content = element('1549A966', info)
    content += element('1654AE6B', element('AE', track)) + clusters
    path.write_bytes(head + element('18538067', content))


def read(path):
    video = Video(Source('video', path))
    return video, len(list(video))


EVEN = [33 * step for step in range(40)]
UNEVEN = np.cumsum([33, 34, 66, 100, 33, 67] * 7).tolist()
PAUSE = EVEN + [10_000 + time for time in EVEN]


@pytest.mark.parametrize('times', [EVEN, UNEVEN, PAUSE])
def test_a_recording_that_leaves_frames_out_is_whole(tmp_path, times):
    write_matroska(tmp_path / 'a.mkv', times, times[-1] + 33)
    video, frames = read(tmp_path / 'a.mkv')
    assert frames == len(times)
    assert video.is_whole()
    assert frames < video.promised or times is EVEN


@pytest.mark.parametrize('times', [EVEN, UNEVEN])
def test_one_that_breaks_off_is_not(tmp_path, times):
    path = tmp_path / 'a.mkv'
    write_matroska(path, times, times[-1] + 33)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 3 // 4])
    video, frames = read(path)
    assert 20 < frames < len(times)
    assert not video.is_whole()


@pytest.mark.parametrize(
    'rate', [0.5, 23.976, 29.97, 59.94005994, 100.333, 119.823, 239.987, 960]
)
def test_videos_of_any_rate_are_written(tmp_path, rate):
    with VideoFile(tmp_path / 'a.mp4', rate) as file:
        for _ in range(3):
            file.add(FRAME)
    capture = cv2.VideoCapture(str(tmp_path / 'a.mp4'))
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(rate, rel=1e-3)
    capture.release()
