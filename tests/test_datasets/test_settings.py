"""Settings of wrapped data sets, as a config has them."""

from mmpose_scgcn.datasets.settings import plain_setting

LOAD, CROP = dict(type='LoadImage'), dict(type='TopdownAffine')
CONVERT = dict(type='mmpose.KeypointConverter', num_keypoints=2)


def test_a_data_set_that_is_not_wrapped():
    setting = dict(type='A', pipeline=[LOAD, CROP], ann_file='a.json')
    assert plain_setting(setting) == dict(type='A', pipeline=[LOAD, CROP])


def test_wrappers_that_have_no_pipeline():
    inner = dict(type='A', pipeline=[LOAD, CROP])
    for setting in (
        dict(type='RepeatDataset', times=2, dataset=inner),
        dict(type='ConcatDataset', datasets=[inner, dict(type='B')]),
        dict(type='X', dataset=dict(type='ClassBalanced', dataset=inner)),
    ):
        assert plain_setting(setting) == inner


def test_a_wrapper_with_a_pipeline_and_members_that_convert():
    setting = dict(
        type='CombinedDataset',
        datasets=[dict(type='A', pipeline=[CONVERT]), dict(type='B')],
        pipeline=[LOAD, CROP],
    )
    assert plain_setting(setting) == dict(type='A', pipeline=[LOAD, CROP])
    setting['datasets'][0]['pipeline'] = [LOAD, CONVERT]
    setting['pipeline'] = [CROP]
    assert plain_setting(setting) == dict(type='A', pipeline=[LOAD, CROP])
