import re

from mmpose_scgcn.datasets.preparation import read_wflw

import numpy as np
import pytest

ATTRIBUTES = (
    'pose',
    'expression',
    'illumination',
    'makeup',
    'occlusion',
    'blur',
)


def test_lists_with_rectangle_and_attributes(folder_wflw, shape_of):
    source = read_wflw(folder_wflw)
    assert source.problems == []
    assert source.expected == dict(trainval=7500, test=2500)
    train = source.splits['trainval']
    assert len(train) == 8
    np.testing.assert_allclose(train[3].keypoints, shape_of(98, 3), atol=1e-6)
    assert train[3].box == (10, 12, 80, 90)
    assert tuple(train[3].fields['attributes']) == ATTRIBUTES
    assert list(train[3].fields['attributes'].values()) == [0, 1, 0, 0, 1, 0]
    assert train[2].group == train[3].group != train[4].group


def test_subset_lists_alone_give_the_attributes(folder_wflw):
    for path in folder_wflw.rglob('list_98pt_rect_attr_*.txt'):
        path.unlink()
    source = read_wflw(folder_wflw)
    assert list(source.splits) == ['test']
    flags = {
        face.file[-5]: [n for n, v in face.fields['attributes'].items() if v]
        for face in source.splits['test']
    }
    assert flags == {'0': ['pose'], '1': ['makeup']}


def test_a_subset_list_that_disagrees_is_reported(folder_wflw):
    (path,) = folder_wflw.rglob('list_98pt_test_blur.txt')
    (other,) = folder_wflw.rglob('list_98pt_test_makeup.txt')
    path.write_text(other.read_text())
    (problem,) = read_wflw(folder_wflw).problems
    assert 'test_blur.txt: 0 faces are not in the test list, 1' in problem.text


@pytest.mark.parametrize(
    ('edit', 'message'),
    (
        (lambda line: line.replace(' 10 12', ' 10', 1), 'got 206'),
        (lambda line: 'x' + line, 'expected a number'),
        (lambda line: re.sub(r'\d+ (\S+)$', r'7 \1', line), 'attributes 0 or'),
        (lambda line: 'nan' + line[line.index(' ') :], 'not finite'),
    ),
)
def test_a_broken_line_is_named(folder_wflw, edit, message):
    (path,) = folder_wflw.rglob('*rect_attr_train.txt')
    lines = path.read_text().splitlines()
    lines[4] = edit(lines[4])
    path.write_text('\n'.join(lines))
    with pytest.raises(ValueError, match=rf'train\.txt, line 5: .*{message}'):
        read_wflw(folder_wflw)


@pytest.mark.parametrize('encoding', ('utf-8-sig', 'utf-16'))
def test_lists_of_another_unicode(folder_wflw, encoding):
    before = read_wflw(folder_wflw)
    for path in folder_wflw.rglob('*.txt'):
        path.write_bytes(path.read_text('utf-8').encode(encoding))
    after = read_wflw(folder_wflw)
    for face, other in zip(before.faces, after.faces, strict=True):
        np.testing.assert_array_equal(face.keypoints, other.keypoints)
        assert (face.file, face.fields) == (other.file, other.fields)


def test_a_list_in_no_unicode(folder_wflw):
    (path,) = folder_wflw.rglob('*rect_attr_train.txt')
    path.write_bytes(path.read_bytes() + b'\xfc')
    with pytest.raises(
        ValueError, match=r'train\.txt: expected text in utf-8'
    ):
        read_wflw(folder_wflw)


def test_missing_lists_and_images(tmp_path, folder_wflw):
    with pytest.raises(FileNotFoundError, match='expected lists such as'):
        read_wflw(tmp_path / 'nowhere')
    (folder_wflw / 'WFLW_images').rename(folder_wflw / 'pictures')
    with pytest.raises(FileNotFoundError, match='folder WFLW_images'):
        read_wflw(folder_wflw)


def test_real_lists_agree_with_annotations_made_elsewhere(scgcn_data):
    """The subset lists of five images, and crops of the same test set."""
    import json

    source = read_wflw(scgcn_data / 'raw_samples/wflw')
    faces = source.splits['test']
    content = json.loads(
        (
            scgcn_data / 'wflw_sample/face_landmarks_wflw_sample.json'
        ).read_text()
    )
    crops = [
        (np.reshape(a['keypoints'], (-1, 3))[:, :2], a['attributes'])
        for a in content['annotations']
    ]
    found = 0
    for face in faces:
        for crop, attributes in crops:
            scale = np.ptp(crop, axis=0) / np.ptp(face.keypoints, axis=0)
            offset = crop - face.keypoints * scale
            if np.ptp(offset, axis=0).max() < 0.05:
                found += 1
                assert face.fields['attributes'] == attributes
    assert found >= 3


def test_some_subset_lists_give_no_attributes_and_it_says_so(folder_wflw):
    for path in folder_wflw.rglob('list_98pt_rect_attr_*.txt'):
        path.unlink()
    for name in ('largepose', 'blur'):
        (path,) = folder_wflw.rglob(f'list_98pt_test_{name}.txt')
        path.rename(folder_wflw / f'{name}.old')
    (folder_wflw / 'list_98pt_test.txt').write_text(
        ''.join(
            path.read_text() + '\n'
            for path in sorted(folder_wflw.rglob('list_98pt_test_*.txt'))
        )
    )
    source = read_wflw(folder_wflw)
    (problem,) = source.problems
    assert problem.kind == 'subset lists missing'
    assert 'test_largepose.txt, list_98pt_test_blur.txt' in problem.text
    assert not any(face.fields for face in source.splits['test'])
