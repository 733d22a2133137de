"""Text of any encoding; files that are written as a whole or not at all."""

import gzip
import os
import signal
import sqlite3
import zipfile

from mmpose_scgcn.files import read_text, replace_file
from mmpose_scgcn.folders import whole_folder

import pytest


def test_the_file_and_its_folder_appear_at_the_end(tmp_path):
    path = tmp_path / 'new' / 'table.csv'
    with replace_file(path) as partial:
        partial.write_text('a,b\n')
        assert not path.exists()
        assert partial.parent == path.parent  # so that a rename is enough
        assert partial.suffix == '.csv'  # writers go by it
    assert path.read_text() == 'a,b\n'
    assert os.listdir(path.parent) == ['table.csv']


@pytest.mark.parametrize('error', [OSError, KeyboardInterrupt])
def test_after_an_error_the_earlier_file_is_there_and_no_other(
    tmp_path, error
):
    path = tmp_path / 'table.csv'
    path.write_text('earlier')
    with pytest.raises(error), replace_file(path) as partial:
        partial.write_text('hal')
        raise error
    assert path.read_text() == 'earlier'
    assert os.listdir(tmp_path) == ['table.csv']


def killed_in(folder, write):
    """Kill a child while it writes."""
    child = os.fork()
    if child == 0:
        write(lambda: os.kill(os.getpid(), signal.SIGKILL))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9
    return set(os.listdir(folder))


def test_what_a_killed_process_left_is_removed(tmp_path):
    (tmp_path / '.hidden.csv').write_text('mine')

    def write(die):
        with replace_file(tmp_path / 'table.csv') as partial:
            partial.write_text('hal')
            die()

    left = killed_in(tmp_path, write)
    assert len(left) == 2
    assert 'table.csv' not in left
    with replace_file(tmp_path / 'other.csv') as partial:
        partial.write_text('whole')
    assert set(os.listdir(tmp_path)) == {'.hidden.csv', 'other.csv'}


def test_what_is_being_written_is_left_alone(tmp_path, monkeypatch):
    with replace_file(tmp_path / 'a.csv') as first:
        first.write_text('first')
        monkeypatch.setattr('mmpose_scgcn.files._cleared', set())
        with replace_file(tmp_path / 'b.csv') as second:
            second.write_text('second')
        assert first.exists()
    assert set(os.listdir(tmp_path)) == {'a.csv', 'b.csv'}


def test_a_folder_is_replaced_as_a_whole(tmp_path):
    target = tmp_path / 'model'
    with whole_folder(target) as folder:
        (folder / 'a').touch()
    old = set(os.listdir(target))

    def write(die):
        with whole_folder(target) as folder:
            (folder / 'b').touch()
            die()

    assert len(killed_in(tmp_path, write)) == 2
    assert set(os.listdir(target)) == old
    with whole_folder(target) as folder:
        (folder / 'c').touch()
    assert os.listdir(target) == ['c']
    assert os.listdir(tmp_path) == ['model']


def test_permissions_are_those_of_any_new_file(tmp_path):
    other = tmp_path / 'other'
    other.touch()
    path = tmp_path / 'table.csv'
    with replace_file(str(path)) as partial:
        partial.touch()
    assert path.stat().st_mode == other.stat().st_mode


def test_names_may_be_as_long_as_the_file_system_has_them(tmp_path):
    path = tmp_path / ('n' * 251 + '.csv')
    with replace_file(path) as partial:
        partial.write_text('long')
    assert path.read_text() == 'long'


def test_what_is_no_text_is_named(tmp_path):
    path = tmp_path / 't.csv'
    with zipfile.ZipFile(path, 'w') as archive:
        archive.writestr('xl/workbook.xml', '<workbook/>')
    with pytest.raises(ValueError, match=r't\.csv: .* a workbook of Excel'):
        read_text(path)
    path.write_bytes(gzip.compress(b'a.jpg,1,2'))
    with pytest.raises(ValueError, match=r't\.csv: .* a gzip archive'):
        read_text(path, 'latin-1')
    path.unlink()
    base = sqlite3.connect(path)
    base.execute('create table faces (x)')
    base.close()
    with pytest.raises(ValueError, match=r't\.csv: .* an SQLite database'):
        read_text(path)


@pytest.mark.parametrize('name', ('undefined', 'punycode', 'rot13', 'x'))
def test_encodings_that_are_none_of_a_file(tmp_path, name):
    (tmp_path / 't.csv').write_bytes(b'a-,99999')
    with pytest.raises(ValueError, match=r't\.csv: '):
        read_text(tmp_path / 't.csv', name)


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(IsADirectoryError, match='a file, got a folder'):
        read_text(tmp_path)


def test_a_file_takes_the_place_of_no_folder_pipe_or_device(tmp_path):
    (tmp_path / 'folder').mkdir()
    os.mkfifo(tmp_path / 'pipe')
    for name, kind in (('folder', 'a folder'), ('pipe', 'a pipe')):
        with (
            pytest.raises(OSError, match=f'expected a file .* got {kind}'),
            replace_file(tmp_path / name),
        ):
            pytest.fail('nothing may be written')
    assert (tmp_path / 'pipe').is_fifo()
    assert sorted(os.listdir(tmp_path)) == ['folder', 'pipe']
