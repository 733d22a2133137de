from mmpose_scgcn.evaluation.functional import PRESETS, build_subsets

import pytest


def members(subsets, annotation):
    """Name the subsets an annotation belongs to."""
    tests = build_subsets(subsets)
    return {name for name, belongs in tests.items() if belongs(annotation)}


def is_large(annotation):
    return annotation['area'] > 100


def test_wflw_preset_reads_the_six_attributes():
    attributes = dict.fromkeys(PRESETS['wflw'], 0)
    assert len(attributes) == 6
    attributes.update(pose=1, blur=1)
    assert members('wflw', dict(attributes=attributes)) == {'pose', 'blur'}


@pytest.mark.parametrize(
    ('source', 'expected'),
    [
        ('helen', {'common', 'full'}),
        ('lfpw_testset', {'common', 'full'}),
        ('ibug', {'challenge', 'full'}),
        ('afw', set()),
    ],
)
def test_300w_preset(source, expected):
    assert members('300w', dict(subset=source)) == expected


def test_one_value_is_not_taken_for_its_letters():
    subsets = dict(a=dict(field='subset', values='ibug'))
    assert members(subsets, dict(subset='i')) == set()
    assert members(subsets, dict(subset='ibug')) == {'a'}


def test_predicates():
    subsets = dict(
        large=dict(predicate=is_large),
        named=dict(predicate='builtins:bool'),
    )
    assert members(subsets, dict(area=200)) == {'large', 'named'}
    assert members(subsets, dict(area=50)) == {'named'}


def test_none_means_no_subsets():
    assert build_subsets(None) == {}


def test_missing_fields_are_named():
    with pytest.raises(ValueError, match=r"go by 'attributes', .*has \['id'"):
        members('wflw', dict(id=3))
    with pytest.raises(ValueError, match="'pose'"):
        members('wflw', dict(attributes=dict(blur=1)))


@pytest.mark.parametrize(
    'subsets',
    [
        'helen',
        dict(a=dict(field='subset')),
        dict(a=dict(attribute='pose', predicate=bool)),
    ],
)
def test_unknown_forms(subsets):
    with pytest.raises(ValueError, match=r"(subset 'a'|subsets) must be"):
        build_subsets(subsets)
