import json

from mmpose_scgcn.datasets import (
    collect_shapes,
    shapes_by_index,
    shapes_from_coco,
)

import numpy as np
import pytest
import torch
from mmengine.dataset import ConcatDataset, RepeatDataset
from mmengine.registry import init_default_scope
from mmpose.datasets import CombinedDataset
from mmpose.datasets.datasets import (
    CocoDataset,
    Face300WDataset,
    WFLWDataset,
)
from mmpose.datasets.transforms import KeypointConverter

K = 5
ORDER = [4, 0, 3, 1, 2]
NAMES = ['eye', 'ear', 'nose', 'mouth', 'chin']
METAINFO = dict(
    dataset_name='five',
    paper_info={},
    keypoint_info={
        i: dict(name=name, id=i, color=[0, 0, 0], type='', swap='')
        for i, name in enumerate(NAMES)
    },
    skeleton_info={},
    joint_weights=[1.0] * K,
    sigmas=[],
)


@pytest.fixture
def coco(make_coco):
    """Annotations inside images of 200 x 150 px that do not exist."""

    def make(count=12, keypoints=K, names=NAMES, first_id=100, seed=0):
        rng = np.random.default_rng(seed)
        points = rng.uniform(20, 120, (count, keypoints, 2)).round(2)
        flags = rng.choice([0, 1, 2], (count, keypoints), p=[0.1, 0.2, 0.7])
        return make_coco(
            points,
            flags,
            boxes=[[10, 15, 100 + i, 80 + i] for i in range(count)],
            files='{}.jpg',
            size=(200, 150),
            first=first_id,
            names=names,
        )

    return make


@pytest.fixture
def write(tmp_path):
    def write(content, name='ann.json'):
        path = tmp_path / name
        path.write_text(json.dumps(content))
        return str(path)

    return write


def dataset(ann_file, pipeline=()):
    return CocoDataset(
        ann_file=ann_file, metainfo=METAINFO, pipeline=list(pipeline)
    )


def converted(ann_file):
    """Two members, the second with its keypoints in another order."""
    converter = KeypointConverter(
        num_keypoints=K,
        mapping=[(source, target) for target, source in enumerate(ORDER)],
    )
    member = dict(type='CocoDataset', ann_file=ann_file, metainfo=METAINFO)
    init_default_scope('mmpose')
    return CombinedDataset(
        metainfo=METAINFO,
        datasets=[member, dict(**member, pipeline=[converter])],
    )


def assert_same_shapes(actual, expected):
    seen = expected.visible
    np.testing.assert_array_equal(actual.visible, seen)
    # MMPose reads float32.
    np.testing.assert_allclose(
        actual.keypoints[seen], expected.keypoints[seen], rtol=1e-6
    )
    assert actual.ids == expected.ids
    np.testing.assert_allclose(actual.centers, expected.centers, rtol=1e-6)
    np.testing.assert_allclose(actual.scales, expected.scales, rtol=1e-6)


def test_a_coco_file(write, coco):
    content = coco()
    shapes = shapes_from_coco(write(content))
    triples = np.array([a['keypoints'] for a in content['annotations']])
    triples = triples.reshape(12, K, 3)
    np.testing.assert_array_equal(shapes.keypoints, triples[..., :2])
    np.testing.assert_array_equal(shapes.visible, triples[..., 2] > 0)
    assert len(shapes) == 12
    assert shapes.ids == list(range(100, 112))
    assert shapes.names == NAMES
    # Box (10, 15, 102, 82): centre (61, 56).
    np.testing.assert_array_equal(shapes.centers[2], [61, 56])
    np.testing.assert_array_equal(shapes.scales[2], [102, 82])


def test_the_face_convention_of_center_and_scale(write, coco):
    content = coco()
    content['annotations'][1] |= dict(center=[70.0, 60.0], scale=0.45)
    shapes = shapes_from_coco(write(content))
    np.testing.assert_array_equal(shapes.centers[1], [70, 60])
    np.testing.assert_array_equal(shapes.scales[1], [90, 90])


@pytest.mark.parametrize(
    ('dataset_class', 'keypoints'), [(Face300WDataset, 68), (WFLWDataset, 98)]
)
def test_a_face_set_of_mmpose_reads_the_same(
    write, dataset_class, keypoints, coco
):
    content = coco(keypoints=keypoints, names=[])
    for annotation in content['annotations']:
        annotation |= dict(center=[70.0, 60.0], scale=0.45)
    ann_file = write(content)
    # MMPose looks its own metainfo up, and says so.
    with pytest.warns(UserWarning, match='will be used instead'):
        shapes = collect_shapes(dataset_class(ann_file=ann_file))
    assert_same_shapes(shapes, shapes_from_coco(ann_file))


def test_a_coco_set_of_mmpose_reads_the_same(write, coco):
    ann_file = write(coco())
    shapes = collect_shapes(dataset(ann_file))
    assert_same_shapes(shapes, shapes_from_coco(ann_file))
    assert shapes.names == NAMES


def test_what_mmpose_leaves_out_is_left_out(write, coco):
    content = coco()
    annotations = content['annotations']
    annotations[3]['iscrowd'] = 1
    annotations[5]['keypoints'] = [0] * 3 * K
    ann_file = write(content)
    shapes = shapes_from_coco(ann_file)
    assert shapes.ids == [i for i in range(100, 112) if i not in (103, 105)]
    assert_same_shapes(collect_shapes(dataset(ann_file)), shapes)


def test_annotations_without_keypoints_are_skipped(write, coco):
    content = coco()
    content['annotations'][0]['keypoints'] = []
    del content['annotations'][1]['keypoints']
    assert shapes_from_coco(write(content)).ids == list(range(102, 112))


@pytest.mark.parametrize(
    'wrap',
    [
        lambda d: RepeatDataset(d, times=3),
        lambda d: ConcatDataset([d]),
        lambda d: torch.utils.data.Subset(d, range(len(d))),
    ],
    ids=['repeat', 'concat', 'subset'],
)
def test_wrappers_are_looked_into(write, wrap, coco):
    plain = dataset(write(coco()))
    assert_same_shapes(collect_shapes(wrap(plain)), collect_shapes(plain))


def test_a_concatenation_holds_all_members(write, coco):
    first = dataset(write(coco(), 'a.json'))
    second = dataset(write(coco(4, first_id=200, seed=1), 'b.json'))
    shapes = collect_shapes(ConcatDataset([first, second]))
    assert shapes.ids == [*range(100, 112), *range(200, 204)]
    subset = torch.utils.data.Subset(ConcatDataset([first, second]), [13, 2])
    assert collect_shapes(subset).ids == [201, 102]


def test_a_combination_converts_its_members(write, coco):
    """Members with other keypoints, brought to the common order."""
    ann_file = write(coco())
    combined = converted(ann_file)
    shapes = collect_shapes(combined)
    plain = shapes_from_coco(ann_file)
    assert shapes.ids == plain.ids * 2
    np.testing.assert_array_equal(shapes.visible[:12], plain.visible)
    np.testing.assert_array_equal(shapes.visible[12:], plain.visible[:, ORDER])
    seen = plain.visible[:, ORDER]
    np.testing.assert_allclose(
        shapes.keypoints[12:][seen],
        plain.keypoints[:, ORDER][seen],
        rtol=1e-6,
    )
    # Reading has not changed the data set.
    assert_same_shapes(collect_shapes(combined.datasets[0]), plain)


def test_progress_is_told_of_every_annotation(write, coco):
    ann_file = write(coco())
    for read, source in (
        (shapes_from_coco, ann_file),
        (collect_shapes, dataset(ann_file)),
    ):
        told = []

        def track(items, told=told):
            told.append(len(items))
            return items

        read(source, track)
        assert told == [12]


def test_graph_of_a_shape_set(write, coco):
    shapes = shapes_from_coco(write(coco()))
    graph = shapes.graph(top_k=2, padding=1.1, aspect_ratio=0.75)
    assert np.shape(graph['neighbors']) == (K, 3)
    # Shape 0: a 100 x 80 box about (60, 55); its crop is 110 px wide.
    crop = np.array([110.0, 110 / 0.75])
    scale = (100 + np.arange(12)[:, None, None]) / 100  # boxes grow
    center = np.array([60, 55]) + np.arange(12)[:, None, None] / 2
    normalised = (shapes.keypoints - center) / (crop * scale) + 0.5
    for k in range(K):
        np.testing.assert_allclose(
            graph['mean_shape'][k],
            normalised[shapes.visible[:, k], k].mean(axis=0),
            atol=5.1e-6,
        )


@pytest.mark.parametrize('value', [np.nan, np.inf])
def test_coordinates_that_are_not_finite_name_the_annotation(
    write, value, coco
):
    content = coco()
    content['annotations'][7]['keypoints'][:3] = [value, 3.0, 2]
    ann_file = write(content)
    message = r'annotation 107 \(.*7\.jpg\): visible keypoints hold NaN'
    with pytest.raises(ValueError, match=message):
        shapes_from_coco(ann_file)
    with pytest.raises(ValueError, match=message):
        collect_shapes(dataset(ann_file))


def test_coordinates_that_are_not_seen_may_hold_anything(write, coco):
    content = coco()
    content['annotations'][7]['keypoints'][:3] = [np.nan, np.inf, 0]
    graph = shapes_from_coco(write(content)).graph(top_k=2)
    assert np.isfinite(graph['mean_shape']).all()


@pytest.mark.parametrize(
    'change',
    [
        dict(bbox=[10, 10, 0, 50]),
        dict(bbox=[10, np.nan, 50, 50]),
        dict(center=[1, 1], scale=0.0),
    ],
    ids=str,
)
def test_an_empty_box_names_the_annotation(write, change, coco):
    content = coco()
    content['annotations'][4] |= change
    with pytest.raises(ValueError, match=r'annotation 104 .*box with an area'):
        shapes_from_coco(write(content))


def test_another_number_of_keypoints_names_the_annotation(write, coco):
    content = coco()
    content['annotations'][4]['keypoints'] += [1, 1, 2]
    message = r'annotation 104 \(104\.jpg\): expected 5 keypoints.* got 6'
    with pytest.raises(ValueError, match=message):
        shapes_from_coco(write(content))


def test_keypoints_that_are_no_triples_name_the_annotation(write, coco):
    content = coco()
    content['annotations'][4]['keypoints'].pop()
    with pytest.raises(ValueError, match=r'annotation 104: .*x, y, v of each'):
        shapes_from_coco(write(content))


def test_no_box_names_the_annotation(write, coco):
    content = coco()
    del content['annotations'][4]['bbox']
    with pytest.raises(ValueError, match='annotation 104 has no bbox'):
        shapes_from_coco(write(content))


def test_nothing_visible_at_all(write, coco):
    content = coco()
    for annotation in content['annotations']:
        annotation['keypoints'] = [0] * 3 * K
    with pytest.raises(ValueError, match='no annotation with a visible'):
        shapes_from_coco(write(content))


def test_no_such_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        shapes_from_coco(tmp_path / 'absent.json')


@pytest.mark.parametrize('text', ['{', '[]', '{"images": []}', 'null'])
def test_not_a_coco_file(tmp_path, text):
    path = tmp_path / 'other.json'
    path.write_text(text)
    with pytest.raises(ValueError, match=r'other\.json: expected a COCO'):
        shapes_from_coco(path)


@pytest.mark.parametrize(
    ('names', 'shown'),
    [(NAMES, r'2 \(nose\)'), ([], '2'), (['one name'], '2')],
)
def test_a_keypoint_never_visible_is_named(write, names, shown, coco):
    """Also where the file has an empty list of names, as face sets do."""
    content = coco(names=names)
    for annotation in content['annotations']:
        annotation['keypoints'][8] = 0
    shapes = shapes_from_coco(write(content))
    with pytest.raises(ValueError, match=f'never visible.*: {shown};'):
        shapes.graph(top_k=2)


@pytest.mark.parametrize(
    ('dataset_class', 'folder', 'shape'),
    [(WFLWDataset, 'wflw', (4, 98)), (Face300WDataset, '300w', (2, 68))],
)
def test_real_samples(scgcn_data, dataset_class, folder, shape):
    ann_file = scgcn_data / f'mmpose_samples/{folder}/test_{folder}.json'
    with pytest.warns(UserWarning, match='will be used instead'):
        shapes = collect_shapes(dataset_class(ann_file=str(ann_file)))
    assert shapes.visible.shape == shape
    assert_same_shapes(shapes, shapes_from_coco(ann_file))


class Rare:
    """MMEngine's class-balanced set repeats like this."""

    def __init__(self, dataset):
        self.dataset = dataset
        self.repeat_indices = [0, 1, 1, 2]

    def __len__(self):
        return len(self.repeat_indices)

    def get_data_info(self, index):
        return self.dataset.get_data_info(self.repeat_indices[index])


@pytest.mark.parametrize(
    'wrap',
    [
        dataset,
        lambda a: RepeatDataset(dataset(a), times=3),
        lambda a: ConcatDataset([dataset(a), dataset(a).get_subset([3, 1])]),
        lambda a: torch.utils.data.Subset(
            RepeatDataset(dataset(a), times=2), [13, 0, 23, 0]
        ),
        lambda a: Rare(dataset(a)),
        converted,
    ],
    ids=['plain', 'repeat', 'concat', 'subset', 'balanced', 'combined'],
)
def test_each_index_has_the_shape_of_its_sample(write, wrap, coco):
    data = wrap(write(coco()))
    keypoints, visible = shapes_by_index(data)
    assert len(keypoints) == len(visible) == len(data)
    subset = hasattr(data, 'indices')
    for i, index in enumerate(data.indices if subset else range(len(data))):
        info = (data.dataset if subset else data).get_data_info(index)
        expected = info['keypoints_visible'].reshape(1, K, -1)[0, :, 0] > 0
        np.testing.assert_array_equal(visible[i], expected)
        seen = visible[i]
        np.testing.assert_array_equal(
            keypoints[i][seen], info['keypoints'][0, :, :2][seen]
        )


def test_a_repeated_annotation_is_read_once(write, coco):
    told = []

    def track(items):
        told.append(len(items))
        return items

    shapes_by_index(RepeatDataset(dataset(write(coco())), times=3), track)
    assert told == [12]


def test_a_subset_of_a_repeated_set_is_collected(write, coco):
    repeated = RepeatDataset(dataset(write(coco())), times=2)
    subset = torch.utils.data.Subset(repeated, [23, 2])
    assert collect_shapes(subset).ids == [111, 102]


def test_a_random_resampling_has_no_shape_by_index(write, coco):
    member = dict(
        type='CocoDataset', ann_file=write(coco()), metainfo=METAINFO
    )
    init_default_scope('mmpose')
    combined = CombinedDataset(
        metainfo=METAINFO,
        datasets=[member, member],
        sample_ratio_factor=[0.5, 1.5],
    )
    assert len(combined) == 24
    for data in (combined, torch.utils.data.Subset(combined, [0])):
        with pytest.raises(ValueError, match='sample_ratio_factor'):
            shapes_by_index(data)
