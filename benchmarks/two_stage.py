# Two stages against one of equal cost, on faces turned in the plane and boxes
# that miss them.
#
# python tools/benchmark.py benchmarks/two_stage.py
title = 'Two stages and one of equal cost, on turned faces and shifted boxes'
config = 'configs/two-stage_cnn6-cnn7_300w-160x160.py'
norm = 'inter_ocular'

_common = dict(ann_file='face_landmarks_300w_test_common.json')


def _perturbed(**arguments):
    transform = dict(type='mmpose_scgcn.PerturbFace', **arguments)
    return dict(insert=[transform], **_common)


tests = {'300w_common': _common}
axes = dict(
    rotation=dict(
        label='angle of the face, degrees', tests={'0': '300w_common'}
    ),
    shift=dict(
        label='shift of the box, % of its longer side',
        tests={'0': '300w_common'},
    ),
)
for _angle in (15, 30, 45, 60):
    _name = f'rotation_{_angle}'
    tests[_name] = _perturbed(rotation=_angle)
    axes['rotation']['tests'][str(_angle)] = _name
for _percent in (5, 10, 15):
    _name = f'shift_{_percent}'
    tests[_name] = _perturbed(shift=_percent / 100)
    axes['shift']['tests'][str(_percent)] = _name

methods = {
    'one stage': dict(
        kind='regression',
        ours=True,
        config='configs/one-stage_cnn7_300w-128x128.py',
    ),
    'two stages': dict(kind='regression', ours=True),
}
