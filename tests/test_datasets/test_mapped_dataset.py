"""A data set whose annotations are mapped is the data set itself."""

import importlib
import json
import os
import pickle

from mmpose_scgcn.checks.dropped import dropped_faces
from mmpose_scgcn.datasets import collect_shapes, shapes_by_index
from mmpose_scgcn.datasets.mapped_dataset import is_mapped
from mmpose_scgcn.datasets.records import Records
from mmpose_scgcn.registry import DATASETS
from tests.two_processes import meet

import numpy as np
import pytest
import torch.distributed as dist
from mmengine.dataset import BaseDataset
from mmpose.datasets.datasets import WFLWDataset
from mmpose.registry import DATASETS as THEIRS
from mmpose.utils import register_all_modules


@pytest.fixture(autouse=True)
def scope():
    register_all_modules()


@pytest.fixture
def setting(tmp_path, make_coco):
    """Of a data set of seven faces; two of them MMPose leaves out."""
    points = np.random.default_rng(0).random((7, 98, 2)) * 30 + 8
    content = make_coco(points)
    for annotation in content['annotations']:
        annotation.update(center=[23.0, 23.0], scale=0.3)
    content['annotations'][2]['keypoints'] = [0] * (3 * 98)
    content['annotations'][4]['iscrowd'] = 1
    file = tmp_path / 'faces.json'
    file.write_text(json.dumps(content))
    return dict(
        type='WFLWDataset',
        data_root=str(tmp_path),
        ann_file='faces.json',
        data_prefix=dict(img='images/'),
        pipeline=[],
    )


@pytest.fixture
def folder(tmp_path):
    return tmp_path / 'records'


def build(setting, folder):
    return DATASETS.build(
        dict(
            type='mmpose_scgcn.MappedDataset',
            folder=str(folder),
            dataset=setting,
        )
    )


def read(dataset, index):
    info = dataset[index]
    assert info.pop('dataset')
    return info


def assert_same(first, second):
    assert type(first) is type(second)
    if isinstance(first, dict):
        assert first.keys() == second.keys()
        for key, value in first.items():
            assert_same(value, second[key])
    elif isinstance(first, np.ndarray):
        assert first.dtype == second.dtype
        np.testing.assert_array_equal(first, second)
    else:
        assert first == second


def test_faces_are_the_same(setting, folder):
    plain = DATASETS.build(setting)
    for _ in range(2):  # written, then mapped
        mapped = build(setting, folder)
        assert type(mapped) is WFLWDataset
        assert len(mapped) == len(plain) > 3
        for index in range(-1, len(plain)):
            assert_same(read(plain, index), read(mapped, index))
    with pytest.raises(IndexError):
        mapped.data_list[len(plain)]


def test_what_a_reader_changes_stays_with_it(setting, folder):
    mapped = build(setting, folder)
    mapped[0]['keypoints'][:] = 0
    mapped[0]['id'] = 'other'
    assert mapped[0]['keypoints'].all()
    assert mapped[0]['id'] != 'other'


def test_the_file_is_read_once(setting, folder, monkeypatch):
    build(setting, folder)
    monkeypatch.setattr(WFLWDataset, 'load_data_list', None)
    monkeypatch.setattr(WFLWDataset, '_load_annotations', None)
    setting['pipeline'] = [dict(type='LoadImage')]
    assert len(build(setting, folder)) > 3


@pytest.mark.parametrize('what', ['file', 'setting', 'time'])
def test_a_change_is_seen(setting, folder, tmp_path, what):
    build(setting, folder)
    file = tmp_path / 'faces.json'
    content = json.loads(file.read_text())
    assert is_mapped(setting, folder)
    if what == 'file':
        content['annotations'].pop()
        file.write_text(json.dumps(content))
    elif what == 'time':
        os.utime(file, (1, 1))
    else:
        setting['data_prefix'] = dict(img='elsewhere/')
    assert not is_mapped(setting, folder)
    plain, mapped = DATASETS.build(setting), build(setting, folder)
    assert len(plain) == len(mapped)
    assert_same(read(plain, 0), read(mapped, 0))
    assert is_mapped(setting, folder)


def test_records_of_several_files(setting, folder, tmp_path):
    (tmp_path / 'b.json').write_text((tmp_path / 'faces.json').read_text())
    parts = [setting, dict(setting, ann_file='b.json')]
    wrapper = dict(type='ConcatDataset')
    mapped = [
        dict(
            type='mmpose_scgcn.MappedDataset', folder=str(folder), dataset=part
        )
        for part in parts
    ]
    plain = DATASETS.build(dict(wrapper, datasets=parts))
    both = DATASETS.build(dict(wrapper, datasets=mapped))
    assert len(both) == len(plain)
    for index in range(len(plain)):
        assert_same(read(plain, index), read(both, index))
    assert len(list(folder.glob('*.records'))) == 2


def test_graph_and_poses_are_the_same(setting, folder):
    plain, mapped = DATASETS.build(setting), build(setting, folder)
    for collect in (collect_shapes, shapes_by_index):
        first, second = pickle.dumps(collect(plain)), collect(mapped)
        assert pickle.dumps(second) == first


def test_dropped_faces_are_counted_once(setting, folder, monkeypatch):
    expected = dropped_faces(DATASETS.build(setting))
    assert sum(map(len, expected.values())) == 2
    mapped = build(setting, folder)
    assert dropped_faces(mapped) == expected
    monkeypatch.setattr('mmpose_scgcn.checks.dropped.load', None)
    assert dropped_faces(build(setting, folder)) == expected


def test_dropped_faces_that_cannot_be_kept(setting, folder):
    expected = dropped_faces(DATASETS.build(setting))
    mapped = build(setting, folder)
    mapped.data_list.path.with_suffix('.dropped.json').mkdir()
    for _ in range(2):
        assert dropped_faces(mapped) == expected


def test_dropped_faces_of_earlier_records_are_forgotten(
    setting, folder, tmp_path
):
    dropped_faces(build(setting, folder))
    file = tmp_path / 'faces.json'
    content = json.loads(file.read_text())
    content['annotations'][0]['iscrowd'] = 1
    file.write_text(json.dumps(content))
    expected = dropped_faces(DATASETS.build(setting))
    assert sum(map(len, expected.values())) == 3
    assert dropped_faces(build(setting, folder)) == expected


def test_a_part_of_the_faces(setting, folder):
    mapped = build(setting, folder)
    ids = [face['id'] for face in mapped]
    part = mapped.get_subset([3, 1])
    assert [face['id'] for face in part] == [ids[3], ids[1]]
    part[0]['keypoints'][:] = 0
    assert part[0]['keypoints'].all()
    assert [face['id'] for face in mapped.get_subset(2)] == ids[:2]
    assert [face['id'] for face in mapped.get_subset(-2)] == ids[-2:]
    some = build(dict(setting, indices=2), folder)
    assert [face['id'] for face in some] == [mapped[i]['id'] for i in (0, 1)]


def test_a_process_that_is_not_forked_maps_the_file_itself(setting, folder):
    mapped = build(setting, folder)
    assert len(mapped) > 3
    content = pickle.dumps(mapped)
    assert len(content) < 50_000
    assert_same(read(mapped, 1), read(pickle.loads(content), 1))


@pytest.mark.parametrize('cut', [0, 1, 100, -1, -30])
def test_a_file_that_is_not_whole_is_written_anew(setting, folder, cut):
    build(setting, folder)
    (file,) = folder.glob('*.records')
    content = file.read_bytes()
    file.write_bytes(content[:cut])
    assert not is_mapped(setting, folder)
    assert len(build(setting, folder)) > 3
    assert file.read_bytes() == content


@pytest.mark.parametrize(
    'hostile',
    [b'', b'\xff' * 4, b'\x02\0\0\0[]', pickle.dumps([os.getcwd])],
    ids=['empty', 'long', 'list', 'pickle'],
)
def test_a_hostile_file(setting, folder, hostile):
    build(setting, folder)
    (file,) = folder.glob('*.records')
    first = Records(file)._parts[0][0]
    content = file.read_bytes()
    file.write_bytes(hostile.ljust(first, b'.') + content[first:])
    mapped = build(setting, folder)
    with pytest.raises(ValueError, match=f'{file.name}: expected records'):
        mapped[0]
    assert mapped[1]['keypoints'].any()


def test_records_of_other_things(setting, folder, monkeypatch):
    def load(self):
        return [dict(id=0, path=folder)]

    monkeypatch.setattr(WFLWDataset, 'load_data_list', load)
    with pytest.raises(
        TypeError, match='record 0 cannot be written: expected'
    ):
        build(setting, folder)
    assert not list(folder.iterdir())


def test_boxes_of_a_detector(setting, folder, tmp_path, monkeypatch):
    """MMPose looks for them as they are named, not below data_root."""
    boxes = tmp_path / 'boxes' / 'found.json'
    boxes.parent.mkdir()
    faces = json.loads((tmp_path / 'faces.json').read_text())['annotations']
    found = [
        dict(image_id=f['image_id'], category_id=1, bbox=f['bbox'], score=0.9)
        for f in faces
    ]
    boxes.write_text(json.dumps(found))
    monkeypatch.chdir(tmp_path / 'boxes')
    setting |= dict(bbox_file='found.json', test_mode=True)
    plain, mapped = DATASETS.build(setting), build(setting, folder)
    assert len(plain) == len(mapped) == 7
    assert_same(read(plain, 0), read(mapped, 0))
    os.utime(boxes, (1, 1))
    assert not is_mapped(setting, folder)


def test_what_reading_adds_to_the_metainfo(setting, folder):
    plain = DATASETS.build(setting)
    assert plain.metainfo['CLASSES']
    for _ in range(2):
        mapped = build(setting, folder)
        assert mapped.metainfo['CLASSES'] == plain.metainfo['CLASSES']
        assert mapped.metainfo.keys() == plain.metainfo.keys()


def test_a_wrapper_inside(setting, folder, tmp_path):
    wrapper = dict(type='RepeatDataset', times=2, dataset=setting)
    with pytest.raises(TypeError, match='got RepeatDataset; put wrappers ar'):
        build(wrapper, folder)


def test_no_annotation_file(setting, folder):
    with pytest.raises(FileNotFoundError, match=r'missing\.json'):
        build(dict(setting, ann_file='missing.json'), folder)


def map_in_process(rank, folder):
    meet(rank, folder)
    register_all_modules()
    load = BaseDataset.full_init

    def full_init(self):
        (folder / f'read by {rank}').touch()
        load(self)

    BaseDataset.full_init = full_init
    setting = json.loads((folder / 'setting.json').read_text())
    for name in ('first', 'second'):
        mapped = build(setting, folder / 'records')
        ids = [face['id'] for face in mapped]
        (folder / f'{name} {rank}').write_text(json.dumps(ids))
        setting['ann_file'] = 'missing.json'
        with pytest.raises(FileNotFoundError, match='missing'):
            build(setting, folder / 'records')
        setting['ann_file'] = 'faces.json'
    dist.destroy_process_group()


def test_one_process_reads_for_all(setting, folder, tmp_path, run_two):
    (tmp_path / 'setting.json').write_text(json.dumps(setting))
    run_two(map_in_process, tmp_path)
    assert [p.name for p in tmp_path.glob('read by *')] == ['read by 0']
    ids = [face['id'] for face in DATASETS.build(setting)]
    for name in ('first', 'second'):
        for rank in range(2):
            told = (tmp_path / f'{name} {rank}').read_text()
            assert json.loads(told) == ids


def test_another_machine_does_not_see_the_folder(setting, folder, monkeypatch):
    name = 'mmpose_scgcn.datasets.mapped_dataset.on_first'
    elsewhere = folder / 'of the first machine.records'
    monkeypatch.setattr(name, lambda work: elsewhere)
    with pytest.raises(FileNotFoundError, match='all machines must see the'):
        build(setting, folder)


def test_a_class_of_a_user_that_has_changed_is_seen(
    setting, folder, tmp_path, monkeypatch
):
    monkeypatch.syspath_prepend(tmp_path)
    code = (
        'from mmpose.datasets.datasets import WFLWDataset\n'
        'class Shifted(WFLWDataset):\n'
        '    def parse_data_info(self, raw):\n'
        '        info = super().parse_data_info(raw)\n'
        '        info["keypoints"] += {}\n'
        '        return info\n'
    )
    found = []
    for shift in (0, 5):
        (tmp_path / f'own_{shift}.py').write_text(code.format(shift))
        kind = importlib.import_module(f'own_{shift}').Shifted
        THEIRS.register_module(module=kind, name='Shifted', force=True)
        own = dict(setting, type='Shifted')
        found.append(build(own, folder)[0]['keypoints'])
    np.testing.assert_allclose(found[1] - found[0], 5, atol=1e-4)
