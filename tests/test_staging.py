"""Where folders are written, and what is said where they cannot be."""

import os
import shutil
import subprocess
import sys

from mmpose_scgcn.folders import whole_folder
from mmpose_scgcn.staging import check_file_writable, check_writable

import pytest


def test_a_folder_under_a_file(tmp_path):
    (tmp_path / 'file').touch()
    for check in (check_writable, check_file_writable):
        with pytest.raises(NotADirectoryError, match='file is a file, exp'):
            check(tmp_path / 'file' / 'new')
    with (
        pytest.raises(NotADirectoryError, match='file is a file, expected a'),
        whole_folder(tmp_path / 'file' / 'new' / 'out'),
    ):
        pass
    assert os.listdir(tmp_path) == ['file']


def test_a_folder_where_a_file_is_to_be(tmp_path):
    with pytest.raises(IsADirectoryError, match='a folder, expected a file'):
        check_file_writable(tmp_path)
    (tmp_path / 'file').touch()
    check_file_writable(tmp_path / 'file')
    check_file_writable(tmp_path / 'new' / 'file')
    assert os.listdir(tmp_path) == ['file']


def test_links_in_a_circle(tmp_path):
    (tmp_path / 'circle').symlink_to(tmp_path / 'circle')
    with pytest.raises(OSError, match=r'a\.png: .* links in a circle'):
        check_file_writable(tmp_path / 'circle' / 'a.png')


def test_a_folder_without_permission(locked, monkeypatch):
    told = 'out cannot be written: no permission to make files in .*locked'
    monkeypatch.chdir(locked)
    for place in (locked / 'out', type(locked)('out')):
        for check in (check_writable, check_file_writable):
            with pytest.raises(PermissionError, match=told):
                check(place)
        with pytest.raises(PermissionError, match=told), whole_folder(place):
            pass


def test_a_folder_that_may_not_be_searched(locked):
    locked.chmod(0o444)
    with pytest.raises(PermissionError, match='no permission to make files'):
        check_writable(locked / 'in' / 'out')


@pytest.mark.parametrize('name', ['model', 'model/earlier'])
def test_a_folder_that_can_be_written_is(tmp_path, name):
    with whole_folder(tmp_path / name) as folder:
        (folder / 'a').touch()
    assert os.listdir(tmp_path / name) == ['a']


@pytest.fixture
def earlier(tmp_path):
    """A folder ``out`` with a file and a folder, to be replaced."""
    out = tmp_path / 'parent' / 'out'
    (out / 'images').mkdir(parents=True)
    (out / 'images' / '1.png').touch()
    (out / 'table').write_text('earlier')
    return out


#: Replaces what is in the folder of the argument.
REPLACE = """
import sys
from pathlib import Path
from mmpose_scgcn.folders import whole_folder

with whole_folder(Path(sys.argv[1])) as folder:
    (folder / 'images').mkdir()
    (folder / 'table').write_text('new')
"""


def fill(folder):
    (folder / 'images').mkdir()
    (folder / 'table').write_text('new')


def check_replaced(out):
    assert sorted(os.listdir(out)) == ['images', 'table']
    assert (out / 'table').read_text() == 'new'
    assert os.listdir(out / 'images') == []
    assert os.listdir(out.parent) == ['out']


def test_a_mounted_folder_is_filled(tmp_path, root):
    """As ``docker -v`` mounts one: it cannot be moved."""
    out = tmp_path / 'parent' / 'out'
    out.mkdir(parents=True)
    words = ['unshare', '--mount', 'sh', '-ec']
    mount = 'mount -t tmpfs none "$0"'
    if not shutil.which('unshare') or subprocess.call([*words, mount, out]):
        pytest.skip('nothing can be mounted here')
    run = f'{mount}; echo earlier > "$0/table"; "$1" -c "$2" "$0"; ls -A "$0"'
    words += [f'{run}; ls -A "$0/.."; cat "$0/table"']
    done = subprocess.run(
        [*words, out, sys.executable, REPLACE],
        env={**os.environ, 'PYTHONPATH': str(root)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ['images', 'table', 'out', 'new']


def test_a_folder_in_one_that_cannot_be_written_is_filled(earlier):
    earlier.parent.chmod(0o555)
    if os.access(earlier.parent, os.W_OK):
        pytest.skip('this process may write everywhere')
    try:
        with whole_folder(earlier) as folder:
            fill(folder)
        check_replaced(earlier)
    finally:
        earlier.parent.chmod(0o755)


def test_what_another_run_does_inside_is_left_alone(earlier, monkeypatch):
    monkeypatch.setattr('mmpose_scgcn.staging._is_beside', lambda out: False)
    with whole_folder(earlier) as first:
        (first / 'a').touch()
        with whole_folder(earlier) as second:
            fill(second)
        assert (first / 'a').exists()
    assert os.listdir(earlier) == ['a']


def test_the_current_folder_stays(earlier, monkeypatch):
    monkeypatch.chdir(earlier)
    with whole_folder(type(earlier)('.')) as folder:
        fill(folder)
    assert os.path.samefile(earlier, '.')
    check_replaced(earlier)


def test_an_empty_folder_stays(tmp_path):
    out = tmp_path / 'parent' / 'out'
    out.mkdir(parents=True)
    number = out.stat().st_ino
    with whole_folder(out) as folder:
        fill(folder)
    assert out.stat().st_ino == number
    check_replaced(out)


def test_an_error_leaves_the_current_folder_as_it_was(earlier, monkeypatch):
    monkeypatch.chdir(earlier)
    with pytest.raises(KeyError), whole_folder(earlier) as folder:
        fill(folder)
        raise KeyError
    assert (earlier / 'table').read_text() == 'earlier'
    assert os.listdir(earlier / 'images') == ['1.png']


def test_where_folders_cannot_be_exchanged(earlier, monkeypatch):
    """What another run has put aside meanwhile is left alone."""
    monkeypatch.setattr('mmpose_scgcn.folders.swap_folders', lambda *_: False)
    aside = earlier.parent / 'new.old'
    aside.mkdir()
    (aside / 'file').touch()
    with whole_folder(earlier) as folder:
        fill(folder)
    assert os.listdir(aside) == ['file']
    shutil.rmtree(aside)
    check_replaced(earlier)
