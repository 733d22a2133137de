"""What becomes of predicted files."""

import csv
import errno
import json
import os
from pathlib import Path

from mmpose_scgcn.apis.results import ResultFiles, check_places
from mmpose_scgcn.apis.table import Table, TableError
from mmpose_scgcn.apis.window import check_screen
from mmpose_scgcn.apis.writers import to_instances, write_json
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
        assert not file.is_open
        assert results.add_frame(file, 'x', faces) is False
    results.add_video('x', Path('a.mp4'), [faces], [0.0])
    assert results.places() == []


def test_a_video_with_its_records_and_rows(tmp_path, faces):
    with Table(tmp_path / 't.csv', 2) as table:
        results = ResultFiles(tmp_path / 'p', tmp_path / 'r', table)
        with results.open_video('x', 25.0) as file:
            for _ in range(3):
                assert results.add_frame(file, 'x', faces) is False
        results.add_video('x', Path('a.mp4'), [faces] * 3, [0, 0.04, 1 / 3])
    assert results.places() == [
        str(tmp_path / name) for name in ('p', 'r', 't.csv')
    ]
    video = cv2.VideoCapture(str(tmp_path / 'p/x.mp4'))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == 3
    records = json.loads((tmp_path / 'r/x.json').read_text())
    assert [record['frame_id'] for record in records] == [0, 1, 2]
    assert [r['time_s'] for r in records] == [0, 0.04, 0.333333]
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
    results.add_video('x', Path('a.mp4'), frames, [0.0, 0.5, 1.0])
    expected = [
        dict(
            frame_id=number,
            time_s=number / 2,
            instances=to_instances(found),
        )
        for number, found in enumerate(frames)
    ]
    assert (tmp_path / 'x.json').read_text() == json.dumps(expected)
    assert results.earlier('x') == tmp_path / 'x.json'
    write_json(tmp_path / 'none.json', [])
    assert (tmp_path / 'none.json').read_text() == '[]'


@pytest.mark.parametrize(
    'error', [KeyboardInterrupt, RuntimeError, MemoryError]
)
def test_a_run_that_ends_early_keeps_its_rows(tmp_path, faces, error):
    """Beside an earlier table, which stays."""
    path = tmp_path / 't.csv'
    for kept in (path, tmp_path / 't.partial.csv'):
        table = Table(path, 2)
        with pytest.raises(error), table:
            table.add('a.jpg', faces)
            raise error('no memory')
        assert table.kept == kept
        assert len(kept.read_text().splitlines()) == 2
        path.write_text('complete')
    assert path.read_text() == 'complete'
    with pytest.raises(error), Table(tmp_path / 'none.csv', 2):
        raise error
    assert names(tmp_path) == ['t.csv', 't.partial.csv']


def test_a_table_on_a_full_disk_keeps_whole_rows(tmp_path, faces, monkeypatch):
    path = tmp_path / 't.csv'
    table = Table(path, 2)
    told = r't\.csv: the table cannot be written: No space left on device'
    with pytest.raises(TableError, match=told), table:
        table.add('a.jpg', faces)
        flush = table._file.flush

        def half():
            flush()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        table._file = Half(table._file, half)
        table.add('b.jpg', faces)
    with path.open(newline='') as file:
        assert [row['image'] for row in csv.DictReader(file)] == ['a.jpg']


class Half:
    """A file on a disk that fills up."""

    def __init__(self, file, flush):
        self._file, self.flush = file, flush

    def __getattr__(self, name):
        return getattr(self._file, name)


def test_a_table_goes_where_a_link_leads(tmp_path, faces):
    (tmp_path / 'real.csv').write_text('')
    (tmp_path / 'link.csv').symlink_to('real.csv')
    for _ in range(2):
        with Table(tmp_path / 'link.csv', 2) as table:
            table.add('a.jpg', faces)
        assert (tmp_path / 'link.csv').is_symlink()
        assert len((tmp_path / 'real.csv').read_text().splitlines()) == 2
        (tmp_path / 'real.csv').write_text('')


def test_what_is_kept_is_beside_the_table_itself(tmp_path, faces):
    (tmp_path / 'far').mkdir()
    (tmp_path / 'far/real.csv').write_text('complete')
    (tmp_path / 'link.csv').symlink_to('far/real.csv')
    table = Table(tmp_path / 'link.csv', 2)
    with pytest.raises(KeyboardInterrupt), table:
        table.add('a.jpg', faces)
        raise KeyboardInterrupt
    assert table.kept == tmp_path / 'far/real.partial.csv'
    assert names(tmp_path) == [
        'far/real.csv',
        'far/real.partial.csv',
        'link.csv',
    ]


def test_a_table_that_cannot_be_kept_hides_no_error(
    tmp_path, faces, monkeypatch
):
    def full(path, size):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    table = Table(tmp_path / 't.csv', 2)
    with pytest.raises(KeyboardInterrupt), table:
        table.add('a.jpg', faces)
        monkeypatch.setattr(os, 'truncate', full)
        raise KeyboardInterrupt
    assert table.kept is None
    assert list(tmp_path.iterdir()) == []


def test_a_run_that_somebody_ends_replaces_no_table(tmp_path, faces):
    path = tmp_path / 't.csv'
    path.write_text('complete')
    with Table(path, 2) as table:
        table.add('a.jpg', faces)
        table.complete = False
    assert path.read_text() == 'complete'
    assert table.kept == tmp_path / 't.partial.csv'


def test_links_among_results_are_replaced_themselves(tmp_path, faces):
    (tmp_path / 'photo.png').write_bytes(b'photo')
    (tmp_path / 'p').mkdir()
    (tmp_path / 'p/a.png').symlink_to('../photo.png')
    ResultFiles(tmp_path / 'p').add_image('a', Path('a.png'), faces)
    assert (tmp_path / 'photo.png').read_bytes() == b'photo'
    assert not (tmp_path / 'p/a.png').is_symlink()


def test_a_table_is_no_record_of_the_same_run(tmp_path):
    record = tmp_path / 'a.json'
    with pytest.raises(ValueError, match='is the name of a JSON file of this'):
        check_places([tmp_path / 'a.jpg'], None, record, [], [record])


def test_all_pictures_are_in_one_window(tmp_path, faces, monkeypatch):
    told = []
    keys = iter([ord('x'), 27])
    monkeypatch.setattr(cv2, 'imshow', lambda name, _: told.append(name))
    monkeypatch.setattr(
        cv2, 'setWindowTitle', lambda _, title: told.append(title)
    )
    monkeypatch.setattr(cv2, 'waitKey', lambda _: next(keys))
    monkeypatch.setattr(cv2, 'destroyWindow', told.append)
    results = ResultFiles(show=True)
    assert results.add_image('a', Path('a.jpg'), faces) is False
    assert results.add_image('b', Path('\udcff.jpg'), faces) is True
    results.close()
    window = told[0]
    assert told == [window, 'a.jpg', window, '\\udcff.jpg', window]
