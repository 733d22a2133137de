import json
import os
from dataclasses import replace

from mmpose_scgcn.datasets.preparation import (
    Options,
    ProblemsError,
    StrictError,
    aflw,
    prepare,
    read_300w,
    read_aflw,
    read_cofw,
    read_tables,
    read_wflw,
)
from mmpose_scgcn.datasets.preparation.boxes import face_box

import cv2
import numpy as np
import pytest
from mmengine.registry import init_default_scope
from mmpose.registry import DATASETS


def read_csv(folder):
    return read_tables(
        folder / 'train.csv',
        folder / 'frames',
        test=folder / 'test.csv',
        group_pattern=r'(.+)_\d+\.jpg',
    )


READERS = dict(
    wflw=(read_wflw, 'WFLWDataset', 'train val trainval test'),
    cofw=(read_cofw, 'COFWDataset', 'train val trainval test'),
    aflw=(read_aflw, 'AFLWDataset', 'train val trainval test'),
    csv=(read_csv, 'CocoDataset', 'train val trainval test'),
)
READERS['300w'] = (
    read_300w,
    'Face300WDataset',
    'train val trainval test_common test_challenge test_full',
)
HALF = Options(val_share=0.5)


@pytest.fixture(params=READERS)
def kind(request):
    return request.param


@pytest.fixture
def source(request, kind, monkeypatch):
    monkeypatch.setattr(aflw, 'NUM_TRAIN', 6)
    folder = request.getfixturevalue(f'folder_{kind}')
    return READERS[kind][0](folder)


def load(path):
    return json.loads(path.read_text())


def points(annotation):
    return np.reshape(annotation['keypoints'], (-1, 3))


def test_files_of_every_layout(source, kind, tmp_path):
    out = tmp_path / 'deep/out'
    prepared = prepare(source, out, HALF)
    names = READERS[kind][2].split()
    wanted = [f'face_landmarks_{source.name}_{name}.json' for name in names]
    assert sorted(path.name for path in prepared.files) == sorted(wanted)
    assert sorted(os.listdir(out)) == sorted(
        [*wanted, 'images', 'preview.png', 'problems.txt']
    )
    by_split = {
        name: load(out / file)
        for name, file in zip(names, wanted, strict=True)
    }
    ids = {n: [a['id'] for a in c['annotations']] for n, c in by_split.items()}
    assert sorted(ids['train'] + ids['val']) == ids['trainval']
    for content in by_split.values():
        for image in content['images']:
            assert (out / 'images' / image['file_name']).is_file()


def test_mmpose_reads_what_was_written(source, kind, tmp_path):
    dataset_type = READERS[kind][1]
    prepared = prepare(source, tmp_path / 'out', HALF)
    init_default_scope('mmpose')
    for split, faces in prepared.splits.items():
        dataset = DATASETS.build(
            dict(
                type=dataset_type,
                data_root=str(tmp_path / 'out'),
                ann_file=f'face_landmarks_{source.name}_{split}.json',
                data_prefix=dict(img='images/'),
                test_mode=True,
            )
        )
        assert len(dataset) == len(faces)
        for index, face in enumerate(faces):
            info = dataset.get_data_info(index)
            assert info['img_path'].endswith(face.file)
            np.testing.assert_allclose(
                info['keypoints'][0], face.keypoints, atol=1e-3
            )
            box = prepared.boxes[face]
            side = max(box[2:] - box[:2])
            if kind in ('cofw', 'csv'):  # their classes read bbox
                np.testing.assert_allclose(info['bbox'][0], box, atol=1e-3)
            else:
                np.testing.assert_allclose(
                    info['bbox_scale'][0], side, rtol=1e-6
                )


def test_fields_of_the_annotations(source, kind, tmp_path):
    prepared = prepare(source, tmp_path / 'out', HALF)
    test = next(p for p in prepared.files if 'test' in p.name)
    annotation = load(test)['annotations'][0]
    wanted = {
        'wflw': 'attributes',
        '300w': 'subset',
        'aflw': 'box_size',
        'cofw': 'bbox',
        'csv': 'identity',
    }
    assert wanted[kind] in annotation
    flags = points(annotation)[:, 2]
    assert set(flags) == ({1, 2} if kind in ('cofw', 'aflw') else {1})
    assert load(test)['info']['prepared']['box'] == 'landmarks'


def test_a_preview_replaces_an_earlier_one_alone(folder_csv, tmp_path):
    source, out = read_csv(folder_csv), tmp_path / 'out'
    out.mkdir()
    (out / 'preview.png').touch()
    with pytest.raises(FileExistsError, match=r'preview\.png is there'):
        prepare(source, out, HALF)
    prepare(source, out, HALF, overwrite=True)
    assert cv2.imread(str(out / 'preview.png')).shape[1] == 3 * 420


def test_landmark_box_with_padding(folder_wflw, tmp_path):
    source = read_wflw(folder_wflw)
    out = tmp_path / 'out'
    prepare(source, out, Options(padding=0.1, val_share=0))
    annotation = load(out / 'face_landmarks_wflw_test.json')['annotations'][0]
    keypoints = points(annotation)[:, :2]
    low, high = keypoints.min(axis=0), keypoints.max(axis=0)
    size = 1.2 * (high - low)
    np.testing.assert_allclose(annotation['bbox'][2:], size, atol=1e-3)
    np.testing.assert_allclose(
        annotation['center'], (low + high) / 2, atol=1e-3
    )
    assert annotation['scale'] == pytest.approx(max(size) / 200, abs=1e-5)


def test_given_box(folder_wflw, folder_300w, tmp_path):
    out = tmp_path / 'out'
    prepare(read_wflw(folder_wflw), out, Options(box='given', val_share=0))
    annotation = load(out / 'face_landmarks_wflw_test.json')['annotations'][0]
    assert annotation['bbox'] == [10, 12, 70, 78]
    with pytest.raises(ValueError, match=r'no face has a box; first: .*given'):
        prepare(read_300w(folder_300w), tmp_path / 'b', Options(box='given'))
    assert not (tmp_path / 'b').exists()


def test_identities_are_not_split(folder_csv, tmp_path):
    prepared = prepare(
        read_csv(folder_csv), tmp_path / 'out', Options(val_share=0.2)
    )
    people = {
        split: {face.group for face in faces}
        for split, faces in prepared.splits.items()
    }
    assert len(people['val']) == 1
    assert not people['val'] & people['train']


def kinds(problems):
    return {problem.kind for problem in problems}


@pytest.fixture
def spoilt(folder_csv):
    """Missing, cut off and empty images, a duplicate, one outside."""
    frames = folder_csv / 'frames'
    (frames / 'Person_0_00.jpg').unlink()
    content = (frames / 'Person_0_01.jpg').read_bytes()
    (frames / 'Person_0_01.jpg').write_bytes(content[:700])
    table = folder_csv / 'train.csv'
    lines = table.read_text().splitlines()
    lines[4] = lines[4].replace(',', ',-30,', 1).rpartition(',')[0]
    lines.append(lines[5])
    lines[6] = lines[6].split(',')[0] + ',' * 20
    table.write_text('\n'.join(lines))
    return read_csv(folder_csv)


def test_problems_are_reported_and_the_rest_is_written(spoilt, tmp_path):
    prepared = prepare(spoilt, tmp_path / 'out', HALF)
    assert kinds(prepared.problems) == {
        'one face in several rows, or several that overlap',
        'the same face twice',
        'missing image, faces left out',
        'unreadable image, faces left out',
        'no box, face left out',
        'keypoints outside the image',
    }
    assert len(prepared.splits['trainval']) == 21 - 3
    text = (tmp_path / 'out/problems.txt').read_text()
    assert 'Person_0_00.jpg' in text
    assert 'Person_0_01.jpg' in text


def test_strict_writes_nothing(spoilt, tmp_path):
    with pytest.raises(StrictError, match='5 serious problems') as error:
        prepare(spoilt, tmp_path / 'out', HALF, strict=True)
    assert len(error.value.problems) == 6
    assert not (tmp_path / 'out').exists()


def test_keypoints_outside_alone_do_not_stop_strict(folder_csv, tmp_path):
    table = folder_csv / 'train.csv'
    lines = table.read_text().splitlines()
    lines[4] = lines[4].replace(',', ',-30,', 1).rpartition(',')[0]
    table.write_text('\n'.join(lines))
    source = read_csv(folder_csv)
    prepared = prepare(source, tmp_path / 'out', HALF, strict=True)
    assert kinds(prepared.problems) == {'keypoints outside the image'}


@pytest.mark.parametrize('names', [(), tuple('abcdefghij')])
def test_a_keypoint_that_no_training_face_has(folder_csv, tmp_path, names):
    source = replace(read_csv(folder_csv), names=names)
    for face in source.splits['trainval']:
        face.keypoints[7] = np.nan
        face.flags[7] = 0
    prepared = prepare(source, tmp_path / 'out', HALF)
    (problem,) = prepared.problems
    assert problem.serious
    assert problem.kind == 'keypoint that no training face has'
    assert problem.text == f'{names[7] if names else 7}: 4 other faces have it'
    with pytest.raises(StrictError):
        prepare(source, tmp_path / 'strict', HALF, strict=True)
    del source.splits['trainval']  # nothing is trained on
    (tmp_path / 'test').mkdir()
    assert not prepare(source, tmp_path / 'test', HALF).problems


def test_people_shared_with_the_test_set_are_reported(folder_csv, tmp_path):
    table = folder_csv / 'test.csv'
    extra = (folder_csv / 'train.csv').read_text().splitlines()[1]
    table.write_text(table.read_text() + extra)
    prepared = prepare(read_csv(folder_csv), tmp_path / 'out', HALF)
    assert 'people or photographs of trainval that are in test too' in kinds(
        prepared.problems
    )


def test_official_numbers_that_are_met(folder_wflw, tmp_path):
    source = read_wflw(folder_wflw)
    prepared = prepare(source, tmp_path / 'out', HALF)
    assert kinds(prepared.problems) == {
        'another number of faces than the official one'
    }
    source.expected = dict(trainval=8, test=2)
    again = prepare(
        source, tmp_path / 'out', HALF, strict=True, overwrite=True
    )
    assert again.problems == []
    assert (tmp_path / 'out/problems.txt').read_text() == 'none\n'


def test_nothing_is_replaced_unasked(folder_cofw, folder_wflw, tmp_path):
    out = tmp_path / 'out'
    prepare(read_wflw(folder_wflw), out, HALF)
    before = {p.name: p.read_bytes() for p in out.glob('*.json')}
    with pytest.raises(FileExistsError, match='is there already'):
        prepare(read_wflw(folder_wflw), out, Options(seed=1, val_share=0.5))
    assert before == {p.name: p.read_bytes() for p in out.glob('*.json')}
    prepare(read_cofw(folder_cofw), tmp_path / 'cofw', HALF)
    prepare(read_cofw(folder_cofw), tmp_path / 'cofw', HALF, overwrite=True)
    (tmp_path / 'cofw/images/mine.png').touch()
    with pytest.raises(FileExistsError, match=r'mine\.png in it is no image'):
        prepare(
            read_cofw(folder_cofw), tmp_path / 'cofw', HALF, overwrite=True
        )


def test_an_interruption_leaves_nothing(folder_wflw, tmp_path):
    def interrupted(items, **_):
        yield next(iter(items))
        raise KeyboardInterrupt

    source = read_wflw(folder_wflw)
    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / 'out', HALF, track=interrupted)
    assert not (tmp_path / 'out').exists()
    (tmp_path / 'out').mkdir()
    with pytest.raises(KeyboardInterrupt):
        prepare(source, tmp_path / 'out', HALF, track=interrupted)
    assert os.listdir(tmp_path / 'out') == []


def test_links_and_copies(folder_wflw, tmp_path):
    source = read_wflw(folder_wflw)
    prepare(source, tmp_path / 'link', HALF)
    link = tmp_path / 'link/images'
    assert link.is_symlink()
    assert link.resolve() == source.images.resolve()
    prepare(source, tmp_path / 'copy', HALF, copy_images=True)
    assert not (tmp_path / 'copy/images').is_symlink()
    prepare(source, tmp_path / 'link', HALF, copy_images=True, overwrite=True)
    assert not link.is_symlink()
    assert sorted(p.name for p in link.rglob('*.jpg')) == sorted(
        p.name for p in source.images.rglob('*.jpg')
    )
    assert source.images.is_dir()


def test_images_that_are_in_place_already(folder_csv):
    frames = folder_csv / 'frames'
    frames.rename(folder_csv / 'images')
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'images')
    prepare(source, folder_csv, HALF)
    assert not (folder_csv / 'images').is_symlink()
    assert len(list((folder_csv / 'images').iterdir())) == 24


def test_faces_with_another_number_of_keypoints(folder_csv, tmp_path):
    table = folder_csv / 'test.csv'
    table.write_text('Person_5_00.jpg,1,2,3,4\n')
    with pytest.raises(ValueError, match=r'test\.csv, row 1: expected 10'):
        prepare(read_csv(folder_csv), tmp_path / 'out', HALF)
    assert not (tmp_path / 'out').exists()


def test_no_image_at_all(folder_wflw, tmp_path):
    source = read_wflw(folder_wflw)
    for path in source.images.rglob('*.jpg'):
        path.unlink()
    message = (
        'no face remains in trainval, test; first problem: missing image, '
        r'faces left out: 0--Parade/0_Parade_0\.jpg, looked for in '
        rf'{source.images}$'
    )
    with pytest.raises(ValueError, match=message):
        prepare(source, tmp_path / 'out', HALF)
    assert not (tmp_path / 'out').exists()


@pytest.mark.parametrize('overwrite', [False, True])
def test_a_folder_of_another_set_is_left_alone(
    folder_csv, tmp_path, overwrite
):
    """Its images and its metainfo.py would be those of this one."""
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'frames')
    prepare(source, tmp_path / 'out', Options(val_share=0))
    before = sorted(path.name for path in (tmp_path / 'out').iterdir())
    other = replace(source, name='fac')
    with pytest.raises(FileExistsError, match='is of another data set'):
        prepare(other, tmp_path / 'out', Options(), overwrite=overwrite)
    after = sorted(path.name for path in (tmp_path / 'out').iterdir())
    assert after == before


def test_splits_of_an_earlier_run_do_not_stay(folder_csv, tmp_path):
    """Their faces would be trained on and selected by."""
    out = tmp_path / 'out'
    prepare(read_csv(folder_csv), out, HALF)
    other = out / 'face_landmarks_faces_b_val.json'
    other.write_text('{}')
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'frames')
    prepare(source, out, Options(val_share=0), overwrite=True)
    assert sorted(path.name for path in out.glob('*.json')) == [
        'face_landmarks_faces_b_val.json',
        'face_landmarks_faces_train.json',
        'face_landmarks_faces_trainval.json',
    ]


@pytest.mark.parametrize('name', ('metainfo.py', 'problems.txt'))
def test_other_files_are_not_replaced_unasked(folder_csv, tmp_path, name):
    (tmp_path / name).write_text('mine')
    source = read_csv(folder_csv)
    with pytest.raises(FileExistsError, match=f'{name} is there already'):
        prepare(source, tmp_path, HALF, metainfo=lambda _: 'x = 2')
    assert sorted(os.listdir(tmp_path)) == sorted([name, 'official'])
    assert (tmp_path / name).read_text() == 'mine'
    prepare(source, tmp_path, HALF, metainfo=lambda _: 'x = 1', overwrite=True)
    assert (tmp_path / name).read_text() != 'mine'


@pytest.mark.parametrize('padding', (-0.5, -0.7, float('nan'), float('inf')))
def test_a_padding_that_leaves_no_box(folder_csv, tmp_path, padding):
    options = Options(val_share=0.5, padding=padding)
    with pytest.raises(ValueError, match=r'padding above -0\.5'):
        prepare(read_csv(folder_csv), tmp_path / 'out', options)
    assert not (tmp_path / 'out').exists()


def test_given_boxes_that_are_none_of_the_faces(folder_csv, tmp_path):
    source, out = read_csv(folder_csv), tmp_path / 'out'
    for split, faces in source.splits.items():
        source.splits[split] = [replace(f, box=(0, 0, 9, 9)) for f in faces]
    with pytest.raises(ProblemsError, match='24 given boxes cannot') as error:
        prepare(source, out, Options(box='given', val_share=0.5))
    assert len(error.value.problems) == 24
    assert not out.exists()
    prepared = prepare(source, out, HALF)
    assert all(problem.serious for problem in prepared.problems)


def test_problems_come_with_what_the_meta_information_lacks(
    folder_csv, tmp_path
):
    def fail(source):
        raise ValueError('not symmetric')

    (folder_csv / 'frames/Person_0_00.jpg').unlink()
    with pytest.raises(ProblemsError, match='not symmetric') as error:
        prepare(read_csv(folder_csv), tmp_path / 'out', HALF, metainfo=fail)
    assert 'missing image' in error.value.problems[0].kind
    assert not (tmp_path / 'out').exists()


def test_an_unknown_kind_of_box_is_refused(folder_csv, tmp_path):
    options = Options(box='detected', val_share=0.5)
    message = r"among landmarks, given, got 'detected'"
    with pytest.raises(ValueError, match=message):
        prepare(read_csv(folder_csv), tmp_path / 'out', options)
    assert not (tmp_path / 'out').exists()
    (face, *_) = read_csv(folder_csv).faces
    with pytest.raises(ValueError, match=message):
        face_box(face, 'detected')


def test_an_embedded_image_that_is_none(folder_cofw, tmp_path):
    h5py = pytest.importorskip('h5py')
    with h5py.File(folder_cofw / 'COFW_train_color.mat', 'a') as mat:
        del mat['#refs#/2']
        mat['#refs#/2'] = np.zeros((3, 5), dtype=np.float64)
        mat['IsTr'][0, 2] = mat['#refs#/2'].ref
    prepared = prepare(read_cofw(folder_cofw), tmp_path / 'out', HALF)
    (problem,) = (p for p in prepared.problems if 'unreadable' in p.kind)
    assert 'train_color.mat, face 3: expected uint8' in problem.text
    assert len(prepared.splits['trainval']) == 5
    assert not (tmp_path / 'out/images/trainval/000003.png').exists()


@pytest.mark.skipif(os.geteuid() == 0, reason='root may write everywhere')
def test_a_folder_without_permission(folder_csv, tmp_path):
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'frames')
    locked = tmp_path / 'locked'
    locked.mkdir(mode=0o555)
    for out in (locked, locked / 'new'):
        with pytest.raises(PermissionError, match='no permission to make'):
            prepare(source, out, Options())
    assert not list(locked.iterdir())
    assert not [p for p in tmp_path.iterdir() if p.name.startswith('.')]


def test_links_in_a_circle_are_told(folder_csv, tmp_path):
    source = read_tables(folder_csv / 'train.csv', folder_csv / 'frames')
    circle = tmp_path / 'circle'
    circle.symlink_to(circle)
    with pytest.raises(OSError, match=r'circle: .* links in a circle'):
        prepare(source, circle, Options())
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'images').symlink_to('images')
    with pytest.raises(FileExistsError, match='images is there already'):
        prepare(source, out, Options())
    prepare(source, out, Options(), overwrite=True)
    assert (out / 'images').samefile(folder_csv / 'frames')
