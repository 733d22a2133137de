"""What becomes of predicted files."""

import csv
import json
from pathlib import Path

from mmpose_scgcn.apis.results import ResultFiles, check_places, check_screen
from mmpose_scgcn.apis.writers import Table, to_instances, write_json
from mmpose_scgcn.structures import Faces

import cv2
import numpy as np
import pytest


@pytest.fixture
def faces():
    points = np.array([[[10, 12], [30, 40]]], np.float32)
    ones = np.ones((1, 2), np.float32)
    box = np.array([[5, 5, 35, 45]], np.float32)
    image = np.full((50, 60, 3), 90, np.uint8)
    return Faces(points, ones, box, ones[:, 0], image=image)


def names(folder):
    return sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob('*.*')
    )


@pytest.mark.parametrize(
    ('source', 'picture'), [('a.JPG', 'x.jpg'), ('a.bmp', 'x.png')]
)
def test_jpeg_stays_jpeg(tmp_path, faces, source, picture):
    results = ResultFiles(tmp_path / 'p', tmp_path / 'r')
    results.add_image('x', Path(source), faces)
    assert names(tmp_path) == [f'p/{picture}', 'r/x.json']


def test_nothing_is_written_where_nothing_is_wanted(tmp_path, faces):
    results = ResultFiles()
    results.add_image('x', Path('a.jpg'), faces)
    results.add_row(Path('a.jpg'), faces)
    with results.open_video('x', 25.0) as file:
        assert file is None
        assert results.add_frame(file, 'x', faces) is False
    results.add_video('x', Path('a.mp4'), [faces])
    assert results.places() == []


def test_a_video_with_its_records_and_rows(tmp_path, faces):
    with Table(tmp_path / 't.csv', 2) as table:
        results = ResultFiles(tmp_path / 'p', tmp_path / 'r', table)
        with results.open_video('x', 25.0) as file:
            for _ in range(3):
                assert results.add_frame(file, 'x', faces) is False
        results.add_video('x', Path('a.mp4'), [faces] * 3)
    assert results.places() == [
        str(tmp_path / name) for name in ('p', 'r', 't.csv')
    ]
    video = cv2.VideoCapture(str(tmp_path / 'p/x.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 3
    records = json.loads((tmp_path / 'r/x.json').read_text())
    assert [record['frame_id'] for record in records] == [0, 1, 2]
    with (tmp_path / 't.csv').open(newline='') as file:
        frames = [row['frame'] for row in csv.DictReader(file)]
    assert frames == ['0', '1', '2']


def test_options_of_drawing_reach_the_picture(tmp_path, faces):
    for name, options in (('plain', {}), ('boxes', dict(boxes=True))):
        results = ResultFiles(tmp_path, drawing=options)
        results.add_image(name, Path('a.png'), faces)
    plain, boxes = (
        cv2.imread(str(tmp_path / f'{name}.png'))
        for name in ('plain', 'boxes')
    )
    assert (plain != boxes).any()


def test_results_do_not_replace_what_is_read(tmp_path):
    photo, settings = tmp_path / 'in/a.jpg', tmp_path / 'boxes.json'
    check_places([photo], tmp_path / 'out', tmp_path / 't.csv', [settings])
    with pytest.raises(ValueError, match='which pictures would replace'):
        check_places([photo], tmp_path / 'in', None)
    for table in (photo, settings):
        with pytest.raises(ValueError, match='is a file that is read'):
            check_places([photo], None, table, [settings])
    with pytest.raises(ValueError, match='is a folder; expected a file'):
        check_places([photo], None, tmp_path)


def test_records_replace_predictions_alone(tmp_path):
    photo, record = tmp_path / 'a.jpg', tmp_path / 'a.json'
    check_places([photo], None, None, [], [record])
    record.write_text('[{"keypoints": []}]')
    check_places([photo], None, None, [], [record])
    with pytest.raises(ValueError, match=r'a\.json is a file'):
        check_places([photo], None, None, [record], [record])
    record.write_text('{"shapes": []}')
    with pytest.raises(ValueError, match='choose another --out-dir'):
        check_places([photo], None, None, [], [record])


def test_links_are_not_replaced_by_pictures(tmp_path):
    for name in ('photos', 'links'):
        (tmp_path / name).mkdir()
    (tmp_path / 'photos/a.png').write_bytes(b'')
    link = tmp_path / 'links/a.png'
    link.symlink_to(tmp_path / 'photos/a.png')
    for folder in ('photos', 'links'):
        with pytest.raises(ValueError, match='which pictures would replace'):
            check_places([link], tmp_path / folder, None)


def test_a_screen_is_looked_for_before_qt_ends_the_process(monkeypatch):
    monkeypatch.setattr('sys.platform', 'linux')
    for name in ('WAYLAND_DISPLAY', 'QT_QPA_PLATFORM'):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv('DISPLAY', ':0')
    check_screen()
    monkeypatch.delenv('DISPLAY')
    with pytest.raises(RuntimeError, match='--show needs a screen'):
        check_screen()


def test_no_picture_stands_without_its_record(tmp_path, faces):
    name = 'x' * 251  # with ".json" longer than a name can be
    results = ResultFiles(tmp_path / 'p', tmp_path / 'r')
    with pytest.raises(OSError, match='too long'):
        results.add_image(name, Path('a.jpg'), faces)
    assert names(tmp_path) == []
    check_places(
        [tmp_path / 'a.jpg'], None, None, [], [tmp_path / f'r/{name}.json']
    )
    assert results.earlier(name) is None


def test_records_are_written_one_after_another_as_json(tmp_path, faces):
    results = ResultFiles(records=tmp_path)
    frames = [faces, Faces.empty(2), faces]
    results.add_video('x', Path('a.mp4'), frames)
    expected = [
        dict(frame_id=number, instances=to_instances(found))
        for number, found in enumerate(frames)
    ]
    assert (tmp_path / 'x.json').read_text() == json.dumps(expected)
    assert results.earlier('x') == tmp_path / 'x.json'
    write_json(tmp_path / 'none.json', [])
    assert (tmp_path / 'none.json').read_text() == '[]'
