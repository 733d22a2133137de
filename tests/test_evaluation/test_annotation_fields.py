"""Annotations that are joined to faces by their id."""

import json

from mmpose_scgcn.evaluation.annotation_fields import AnnotationFields

import pytest


@pytest.fixture
def fields(tmp_path):
    path = tmp_path / 'faces.json'
    content = dict(
        images=[dict(id=5, file_name='a.jpg')],
        annotations=[dict(id=1, image_id=5, large=1)],
    )
    path.write_text(json.dumps(content))
    subsets = dict(large=lambda annotation: annotation['large'])
    return AnnotationFields(subsets, False, str(path))


@pytest.mark.parametrize('place', [(), ('',), ('elsewhere/a.jpg',)], ids=str)
def test_a_face_is_found_by_its_id(fields, place):
    found = fields.find(1, *place)
    assert found.members == dict(large=True) and found.flags is None


def test_a_face_that_is_not_there(fields):
    with pytest.raises(KeyError) as error:
        fields.find(2)
    assert error.value.args == (
        f'annotation id 2 is not in {fields.ann_file}: give ann_file that of '
        'the tested data set',
    )


def test_without_annotations_one_is_told_what_to_give(fields):
    fields.ann_file = None
    with pytest.raises(KeyError) as error:
        fields.find(1)
    assert error.value.args == (
        'subsets and split_occluded need annotations, which this data set '
        'class does not pass on: give ann_file',
    )


def test_subsets_and_flags_together(fields):
    fields.occlusion, fields.ann_file = True, None
    annotation = dict(large=0, keypoints=[1.5, 2, 2, 3, 4, 1])
    found = fields.find(1, annotation=annotation)
    assert found.members == dict(large=False)
    assert found.flags.tolist() == [2, 1]
