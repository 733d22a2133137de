# The loss comparison of the Wing loss paper on 300W, each loss with and
# without pose balancing, at an equal number of iterations.
#
# python tools/benchmark.py benchmarks/wing_losses.py
title = 'Losses of the Wing loss paper, with and without pose balancing'
config = 'configs/wing-losses_cnn6_300w-64x64.py'
norm = 'inter_ocular'

tests = {
    'val': dict(ann_file='face_landmarks_300w_val.json'),
    '300w_common': dict(ann_file='face_landmarks_300w_test_common.json'),
    'ytf68': dict(
        data_root='data/ytf68/', ann_file='face_landmarks_ytf68_test.json'
    ),
}

_loss = 'model.head.loss'
_sampler = 'train_dataloader.sampler'


def _method(kind, seeds, balanced, **constants):
    settings = dict(input_size=(64, 64), use_target_weight=True)
    loss = dict(
        _delete_=True,
        type=f'mmpose_scgcn.{kind}',
        **settings,
        **constants,
    )
    options = {_loss: loss}
    if balanced:
        options[_sampler] = dict(
            _delete_=True, type='mmpose_scgcn.PoseBalancedSampler'
        )
    return dict(kind='regression', ours=True, seeds=seeds, options=options)


methods = {}
for _name, _kind, _seeds in (
    ('Wing', 'WingLoss', (0, 1, 2)),
    ('L1', 'L1Loss', (0, 1, 2)),
    ('smooth L1', 'SmoothL1Loss', (0,)),
    ('L2', 'L2Loss', (0,)),
):
    methods[_name] = _method(_kind, _seeds, balanced=False)
    methods[f'{_name} + balancing'] = _method(_kind, _seeds, balanced=True)
# After the seeds above, with one seed, the other constants of the paper.
for _omega, _epsilon in ((4, 0.5), (4, 2), (10, 0.5), (14, 0.5), (14, 2)):
    _values = dict(omega=float(_omega), epsilon=float(_epsilon))
    methods[f'Wing {_omega}/{_epsilon}'] = dict(
        _method('WingLoss', (0,), balanced=False, **_values), delay=3
    )
