"""Annotation files that lead elsewhere, or fill memory and time."""

import json
import os
import shutil
import struct
import zlib
from pathlib import Path

from mmpose_scgcn.checks.annotation_file import check_annotation_file
from mmpose_scgcn.datasets.annotated_faces import read_coco_faces
from mmpose_scgcn.datasets.keypoint_description import read_description
from mmpose_scgcn.datasets.preparation import (
    read_aflw,
    read_coco,
    read_cofw,
    read_dlc,
    read_imglab,
    read_labelme,
    read_pts_folder,
    read_tables,
)
from mmpose_scgcn.datasets.preparation.cofw import read_image
from mmpose_scgcn.datasets.preparation.mat import read_mat
from mmpose_scgcn.files import read_json, read_text

import numpy as np
import pytest
from scipy.io import savemat

pytestmark = pytest.mark.usefixtures('little_memory')

MANY = 20_000
DLC = Path(__file__).parents[1] / (
    'test_datasets/test_preparation/dlc/labeled-data/ben/CollectedData_AB.h5'
)


# Too many keypoints: partners and graphs compare each with each other one.


def coco_of(count):
    face = dict(id=1, image_id=1, category_id=1, bbox=[0, 0, 9, 9])
    face['keypoints'] = [1, 2, 2] * count
    image = dict(id=1, file_name='a.png', width=9, height=9)
    return dict(images=[image], annotations=[face], categories=[dict(id=1)])


def write_json(path, content):
    path.write_text(json.dumps(content))
    return path


def many_labelme(folder):
    shapes = [
        dict(label=f'p{i}', shape_type='point', points=[[i, i]])
        for i in range(MANY)
    ]
    content = dict(shapes=shapes, imagePath='a.png', version='5')
    read_labelme(write_json(folder / 'a.json', content))


def many_imglab(folder):
    parts = ''.join(f"<part name='{i}' x='1' y='2'/>" for i in range(MANY))
    box = f"<box top='0' left='0' width='9' height='9'>{parts}</box>"
    text = f"<dataset><image file='a.png'>{box}</image></dataset>"
    (folder / 'a.xml').write_text(text)
    read_imglab(folder / 'a.xml')


def many_cells(folder):
    (folder / 'a.csv').write_text('a.png' + ',1.5' * (2 * MANY) + '\n')
    read_tables(folder / 'a.csv')


def many_cells_in_one_row(folder):
    rows = 'a.png,1.5,2.5\n' * 10_000
    (folder / 'a.csv').write_text(rows + 'a.png' + ',1.5' * 10_000 + '\n')
    read_tables(folder / 'a.csv')


def many_lines(folder):
    (folder / 'a.pts').write_text('1 2\n' * MANY)
    read_pts_folder(folder)


def many_described(folder):
    points = ''.join(f'{i}: dict(id={i}),' for i in range(10_000))
    file = folder / 'metainfo.py'
    file.write_text(f'dataset_info = dict(keypoint_info={{{points}}})')
    read_description(file)


READERS = {
    'coco': lambda f: read_coco(write_json(f / 'a.json', coco_of(MANY))),
    'adapt_labels': lambda f: read_coco_faces(
        write_json(f / 'a.json', coco_of(MANY))
    ),
    'training': lambda f: check_annotation_file(
        write_json(f / 'a.json', coco_of(MANY))
    ),
    'labelme': many_labelme,
    'imglab': many_imglab,
    'table': many_cells,
    'table, one row': many_cells_in_one_row,
    'pts': many_lines,
    'metainfo.py': many_described,
}


@pytest.mark.parametrize('name', READERS)
def test_too_many_keypoints(name, tmp_path):
    told = r'(a\.\w+|metainfo\.py|names of all).*: expected at most \d+'
    with pytest.raises(ValueError, match=told):
        READERS[name](tmp_path)


# Text: sizes, depth, entities.


def test_text_of_any_size_is_not_read(tmp_path):
    with open(tmp_path / 'a.json', 'wb') as file:
        file.truncate(2**40)
    os.mkfifo(tmp_path / 'pipe.json')
    with pytest.raises(ValueError, match=r'a\.json: it has 1,099,511,627,776'):
        read_json(tmp_path / 'a.json')
    for path in (tmp_path / 'pipe.json', '/dev/zero'):
        with pytest.raises(ValueError, match='got a device or a pipe'):
            read_text(path)


@pytest.mark.parametrize(
    'read', [read_coco, read_labelme, check_annotation_file, read_coco_faces]
)
def test_deep_json(read, tmp_path):
    path = tmp_path / 'a.json'
    path.write_text('{"shapes":' + '[' * MANY + ']' * MANY + '}')
    with pytest.raises(ValueError, match=r'a\.json: JSON nested too deeply'):
        read(path)


LAUGHS = '<!DOCTYPE a [<!ENTITY a "ha">' + ''.join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">'
    for a, b in zip('abcdefghij', 'bcdefghijk', strict=True)
)
XML = {
    'expansion': LAUGHS + ']><dataset>&k;</dataset>',
    'file': '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'
    '<dataset>&a;</dataset>',
    'outer type': '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a"><dataset/>',
    'parameter': '<!DOCTYPE a [<!ENTITY % a SYSTEM "a">%a;]><dataset/>',
}


@pytest.mark.parametrize('name', XML)
def test_entities_are_not_resolved(name, tmp_path):
    (tmp_path / 'a.xml').write_text(XML[name])
    with pytest.raises(ValueError, match=r'a\.xml, line 1: .*not resolved'):
        read_imglab(tmp_path / 'a.xml')


def test_deep_xml(tmp_path):
    text = '<dataset>' + '<b>' * MANY + '</b>' * MANY + '</dataset>'
    (tmp_path / 'a.xml').write_text(text)
    with pytest.raises(ValueError, match='expected faces'):
        read_imglab(tmp_path / 'a.xml')


# HDF5: values elsewhere, and sizes.


@pytest.fixture
def h5py():
    return pytest.importorskip('h5py')


@pytest.fixture
def folder_cofw(h5py, tmp_path):
    """COFW's file of the test set, with two faces."""
    with h5py.File(tmp_path / 'COFW_test_color.mat', 'w') as mat:
        mat['phisT'], mat['bboxesT'] = np.zeros((87, 2)), np.ones((4, 2))
        image = mat.create_dataset('#refs#/a', data=np.zeros((3, 8, 8), 'u1'))
        cells = mat.create_dataset('IsT', (1, 2), h5py.ref_dtype)
        cells[0, :] = image.ref
    assert len(read_cofw(tmp_path).splits['test']) == 2
    return tmp_path


def external_link(h5py, file, name):
    del file[name]
    file[name] = h5py.ExternalLink('other.h5', '/a')


def soft_link(h5py, file, name):
    del file[name]
    file[name] = h5py.SoftLink('/a')


def deep_link(h5py, file, name):
    file.create_group('deep/er')['link'] = h5py.ExternalLink('other.h5', 'a')


def virtual(h5py, file, name):
    shape = file[name].shape
    del file[name]
    layout = h5py.VirtualLayout(shape, 'f8')
    layout[...] = h5py.VirtualSource('other.h5', 'a', shape)
    file.create_virtual_dataset(name, layout)


def external(h5py, file, name):
    shape = file[name].shape
    del file[name]
    places = [('/etc/passwd', 0, 8 * int(np.prod(shape)))]
    file.create_dataset(name, shape, 'u1', external=places)


def endless(h5py, file, name):
    shape = file[name].shape
    del file[name]
    file.create_dataset(name, (shape[0], 2**36), 'f8', chunks=(1, 1024))


def one_chunk(h5py, file, name):
    shape = file[name].shape
    del file[name]
    limits = dict(maxshape=(None, None), compression='gzip')
    file.create_dataset(name, shape, 'u1', chunks=(2**15, 2**15), **limits)


def texts(h5py, file, name):
    shape = file[name].shape
    del file[name]
    data = np.full(shape, 'a' * 1000, dtype=object)
    file.create_dataset(name, data=data, dtype=h5py.string_dtype())


HDF = [external_link, soft_link, deep_link, virtual, external, endless]
HDF += [one_chunk, texts]
TOLD = r'is a link|from other files|claims|texts of one length'


@pytest.mark.parametrize('change', HDF, ids=lambda c: c.__name__)
def test_hdf_of_deeplabcut(change, h5py, tmp_path):
    path = tmp_path / 'CollectedData_AB.h5'
    shutil.copy(DLC, path)
    with h5py.File(path, 'a') as file:
        change(h5py, file, 'df_with_missing/block0_values')
    with pytest.raises(ValueError, match=rf'AB\.h5: .*({TOLD})'):
        read_dlc(path)


@pytest.mark.parametrize('change', HDF, ids=lambda c: c.__name__)
@pytest.mark.parametrize('variable', ['phisT', 'IsT'])
def test_hdf_of_cofw(change, variable, h5py, tmp_path, folder_cofw):
    path = folder_cofw / 'COFW_test_color.mat'
    with h5py.File(path, 'a') as file:
        change(h5py, file, variable)
    with pytest.raises(ValueError, match=rf'color\.mat: .*({TOLD})'):
        read_cofw(folder_cofw)


@pytest.mark.parametrize('change', [virtual, external, endless, one_chunk])
def test_an_image_of_cofw(change, h5py, folder_cofw):
    path = folder_cofw / 'COFW_test_color.mat'
    with h5py.File(path, 'a') as file:
        file['other'] = np.zeros((4, 4), np.uint8)
        change(h5py, file, 'other')
        file['IsT'][0, 0] = file['other'].ref
    with pytest.raises(OSError, match=rf'face 1: .*color\.mat: .*({TOLD})'):
        read_image(path, 'IsT', 0)


def test_an_image_of_cofw_that_refers_to_nothing(h5py, folder_cofw):
    path = folder_cofw / 'COFW_test_color.mat'
    with h5py.File(path, 'a') as file:
        file['IsT'][0, 0] = h5py.Reference()
    with pytest.raises(OSError, match='face 1'):
        read_image(path, 'IsT', 0)


def test_long_axes_of_a_short_table(h5py, tmp_path):
    """Rows by columns, of which neither are many."""
    path = tmp_path / 'CollectedData_AB.h5'
    shutil.copy(DLC, path)
    with h5py.File(path, 'a') as file:
        group = file['df_with_missing']
        del group['axis1']
        group['axis1'] = np.full(3000, b'a.png')
        for name in [n for n in group if n.startswith('axis0_label')]:
            del group[name]
            group[name] = np.zeros(30_000, np.int8)
    with pytest.raises(ValueError, match=r'AB\.h5: its table claims'):
        read_dlc(path)


# MATLAB 5.


def element(kind, data, order='<'):
    padding = bytes(-len(data) % 8)
    return struct.pack(f'{order}II', kind, len(data)) + data + padding


def variable(name, kind, shape, content):
    head = element(6, struct.pack('<II', kind, 0))
    sides = element(5, struct.pack(f'<{len(shape)}i', *shape))
    return element(14, head + sides + element(1, name.encode()) + content)


def write_mat(folder, *variables):
    head = b'MATLAB 5.0'.ljust(124) + struct.pack('<H', 0x100) + b'IM'
    path = folder / 'AFLWinfo_release.mat'
    path.write_bytes(head + b''.join(variables))
    return path


def packed(content):
    data = zlib.compress(content, 9)
    return struct.pack('<II', 15, len(data)) + data


MAT = {
    'many cells': variable('nameList', 1, (10**9, 1), b''),
    'negative': variable('nameList', 1, (-1, 1), b''),
    'cells in cells': variable(
        'nameList', 1, (1, 1), variable('', 1, (10**9, 1), b'')
    ),
    'structures': variable('data', 2, (10**9, 1), b''),
    'objects': variable('data', 3, (1, 1), b''),
    'functions': variable(
        'nameList', 1, (1, 1), variable('', 16, (1, 1), b'')
    ),
    'opaque': variable('data', 17, (1, 1), b''),
    'sparse': variable('data', 5, (10**9, 10**9), b''),
    'numbers': variable('data', 6, (10**9, 10**9), element(9, bytes(8))),
    'packed': packed(
        variable('data', 6, (1, 10**7), element(9, bytes(8 * 10**7)))
    ),
    'packed, of no use': packed(
        variable('more', 6, (1, 10**7), element(9, bytes(8 * 10**7)))
    ),
    'cut off': element(14, bytes(8))[:-8] + struct.pack('<II', 14, 2**31),
}


@pytest.mark.parametrize('name', MAT)
def test_mat_of_aflw(name, tmp_path):
    path = write_mat(tmp_path, MAT[name])
    told = r'release\.mat: expected'
    with pytest.raises(ValueError, match=told):
        read_aflw(tmp_path)
    assert path.is_file()


def test_other_variables_of_a_mat_are_not_read(tmp_path):
    path = tmp_path / 'a.mat'
    savemat(path, dict(data=np.eye(3), more={'a': [1, 2]}))
    assert list(read_mat(path, ['data', 'ra'])) == ['data']


@pytest.mark.parametrize('compressed', [True, False])
def test_what_scipy_writes_is_read(tmp_path, compressed):
    names = np.array([['a'], ['bcd']], dtype=object)
    wanted = dict(
        numbers=np.arange(6.0).reshape(2, 3),
        names=names,
        flags=np.array([[True, False]]),
        short=np.int8([[1]]),
    )
    savemat(tmp_path / 'a.mat', wanted, do_compression=compressed)
    found = read_mat(tmp_path / 'a.mat', list(wanted))
    for name, value in wanted.items():
        if name != 'names':
            np.testing.assert_array_equal(found[name], value)
    assert [str(cell[0]) for cell in found['names'].ravel()] == ['a', 'bcd']
