"""Names in tables that are not quite those of the files."""

import unicodedata

from mmpose_scgcn.datasets.preparation import read_tables

import pytest


@pytest.fixture
def files(tmp_path):
    for name in ('p 1.png', 'sub/p2.png', 'x/p3.png', 'y/p3.png'):
        path = tmp_path / 'pics' / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b'')
    return tmp_path


def read(files, name):
    table = files / 't.csv'
    table.write_text(f'name,x0,y0\n"{name}",1,2\n', encoding='utf-8')
    source = read_tables(table, files / 'pics')
    (face,) = source.faces
    return source, face


@pytest.mark.parametrize(
    ('name', 'file'),
    (
        ('p 1.png', 'p 1.png'),
        ('p 1', 'p 1.png'),
        ('P 1.PNG', 'p 1.png'),
        ('p%201.png', 'p 1.png'),
        (r'C:\Users\Ann\pics\p 1.png', 'p 1.png'),
        ('https://example.org/faces/p%201.png?size=9', 'p 1.png'),
        ('/home/ann/pics/sub/p2.png', 'sub/p2.png'),
        ('p2', 'sub/p2.png'),
        ('x/p3', 'x/p3.png'),
    ),
)
def test_images_are_found_by_the_end_of_their_names(files, name, file):
    source, face = read(files, name)
    assert face.file == face.group == file
    told = [note for note in source.notes if 'found by other names' in note]
    assert bool(told) == (name != file)


@pytest.mark.parametrize('name', ('lost.png', 'z/p3.png', 'p2.jpg', 'p'))
def test_images_that_are_missing_keep_their_names(files, name):
    assert read(files, name)[1].file == name


def test_several_images_that_fit_are_asked_for(files):
    with pytest.raises(
        ValueError, match=r'row 2: expected one image p3.* got'
    ):
        read(files, 'p3.png')


def test_accents_as_macos_writes_them(files):
    written = unicodedata.normalize('NFC', 'Zoë.png')
    there = unicodedata.normalize('NFD', 'Zoë.png')
    (files / 'pics' / there).write_bytes(b'')
    assert written != there
    assert read(files, written)[1].file in (written, there)
    assert (files / 'pics' / read(files, written)[1].file).exists()
