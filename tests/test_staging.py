"""What is said of places where nothing can be written."""

import os

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
