# Every head a user would pick, on 300W at CPU scale: about ten minutes a run
# on one core.
#
# python tools/benchmark.py benchmarks/300w_cpu.py
title = 'Heads and losses on 300W, CPU scale'
config = 'configs/300w_cnn6_64x64.py'
norm = 'inter_ocular'

_common = dict(ann_file='face_landmarks_300w_test_common.json')
tests = {
    'val': dict(ann_file='face_landmarks_300w_val.json'),
    '300w_common': dict(
        subsets=dict(
            helen=dict(field='subset', values=['helen_testset']),
            lfpw=dict(field='subset', values=['lfpw_testset']),
        ),
        **_common,
    ),
    'ytf68': dict(
        data_root='data/ytf68/', ann_file='face_landmarks_ytf68_test.json'
    ),
}
axes = dict(
    occlusion=dict(
        label='covered part of the face, %', tests={'0': '300w_common'}
    )
)
for _percent in (10, 20, 30, 40):
    _name = f'300w_common_occluded_{_percent}'
    _cover = dict(type='mmpose_scgcn.PerturbFace', occlusion=_percent / 100)
    tests[_name] = dict(insert=[_cover], **_common)
    axes['occlusion']['tests'][str(_percent)] = _name

# A third of the length, the same for each.
_short = 600
search = dict(
    values=(5e-4, 1.5e-3, 4.5e-3),
    groups={
        'pooled': 'pooled, smooth L1',
        'flattened': 'flattened, L1',
        'fully connected': 'fully connected, Wing',
        'RLE': 'RLE, flattened',
        'integral': 'integral',
        'heatmap': 'heatmap 16',
        'SimCC': 'SimCC',
        'graph': 'graph: dynamic, Soft Wing, relative',
    },
    options={
        'train_cfg.max_iters': _short,
        'param_scheduler.1.end': _short,
        'param_scheduler.1.T_max': _short,
    },
)

_head = 'model.head'
_regression = dict(
    num_joints=68, decoder=dict(type='RegressionLabel', input_size=(64, 64))
)
_pooled = dict(
    type='RegressionHead',
    in_channels=256,
    **_regression,
)
_flattened = dict(_pooled, in_channels=256 * 4 * 4)
_gap = {'model.neck': dict(type='GlobalAveragePooling')}
_units = dict(input_size=(64, 64), use_target_weight=True)

methods = {}

# Stock heads of the zoo: pooled as there, and with the whole map.
for _name, _loss in (
    ('smooth L1', 'SmoothL1Loss'),
    ('L1', 'L1Loss'),
    ('stock Wing', 'WingLoss'),
    ('stock Soft Wing', 'SoftWingLoss'),
):
    _setting = dict(type=_loss, use_target_weight=True)
    methods[f'pooled, {_name}'] = dict(
        kind='regression',
        pooled=True,
        group='pooled',
        options={_head: dict(_pooled, loss=_setting), **_gap},
        curve=_loss == 'SmoothL1Loss',
    )
    methods[f'flattened, {_name}'] = dict(
        kind='regression',
        group='flattened',
        options={_head: dict(_flattened, loss=_setting)},
        curve=_loss == 'L1Loss',
    )
methods['fully connected, Wing'] = dict(
    kind='regression',
    group='fully connected',
    options={
        _head: dict(
            type='mmpose_scgcn.FullyConnectedHead',
            in_channels=256,
            in_featuremap_size=(4, 4),
            num_keypoints=68,
            hidden_channels=1024,
            loss=dict(
                type='mmpose_scgcn.WingLoss', omega=10.0, epsilon=2.0, **_units
            ),
            decoder=_regression['decoder'],
        )
    },
)
for _name, _channels, _neck in (
    ('RLE, pooled', 256, _gap),
    ('RLE, flattened', 256 * 4 * 4, {}),
):
    methods[_name] = dict(
        kind='regression',
        pooled=bool(_neck),
        group='RLE',
        options={
            _head: dict(type='RLEHead', in_channels=_channels, **_regression),
            **_neck,
        },
        curve=not _neck,
    )
methods['integral'] = dict(
    kind='integral',
    group='integral',
    config='configs/300w_cnn6-integral_64x64.py',
)
methods['DSNT'] = dict(
    kind='integral',
    group='integral',
    config='configs/300w_cnn6-integral_64x64.py',
    options={
        _head: dict(
            type='DSNTHead',
            loss=dict(
                type='MultipleLossWrapper',
                losses=[
                    dict(type='SmoothL1Loss', use_target_weight=True),
                    dict(type='JSDiscretLoss', use_target_weight=True),
                ],
            ),
        )
    },
    curve=False,
)
methods['heatmap 16'] = dict(
    kind='heatmap',
    group='heatmap',
    config='configs/300w_cnn6-heatmap_64x64.py',
)
methods['heatmap 32'] = dict(
    kind='heatmap',
    group='heatmap',
    config='configs/300w_cnn6-heatmap-fine_64x64.py',
    curve=False,
)
methods['SimCC'] = dict(
    kind='simcc', group='SimCC', config='configs/300w_cnn6-simcc_64x64.py'
)
methods['SimCC, 512 bins'] = dict(
    kind='simcc',
    group='SimCC',
    config='configs/300w_cnn6-simcc-512_64x64.py',
    curve=False,
)

# The graph relational head. Constants of 256 px, scaled to 64 px.
_penalties = {
    'Soft Wing': dict(
        type='mmpose_scgcn.SoftWingLoss', omega1=0.5, omega2=5.0, epsilon=0.125
    ),
    'Wing': dict(type='mmpose_scgcn.WingLoss', omega=10.0, epsilon=2.0),
    'L1': dict(type='mmpose_scgcn.L1Loss'),
}


def _graph(penalty, relative=True, more=None, curve=False, **arguments):
    penalty = _penalties[penalty]
    loss = dict(penalty, **_units)
    if relative:
        loss = dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            absolute=penalty,
            relative=dict(
                type='mmpose_scgcn.RelativeLocationLoss', penalty=penalty
            ),
            **_units,
        )
    head = dict(
        type='mmpose_scgcn.GraphRelationalHead',
        in_channels=256,
        in_featuremap_size=(4, 4),
        num_keypoints=68,
        loss=loss,
        decoder=_regression['decoder'],
        **arguments,
    )
    return dict(
        kind='graph',
        ours=True,
        group='graph',
        options={_head: head, **(more or {})},
        curve=curve,
    )


for _penalty in _penalties:
    for _relative in (True, False):
        _name = f'graph: dynamic, {_penalty}'
        _name += ', relative' if _relative else ''
        methods[_name] = _graph(
            _penalty, _relative, curve=_penalty != 'Wing' and _relative
        )
for _adjacency in ('learned', 'uniform'):
    methods[f'graph: {_adjacency}'] = _graph('Soft Wing', adjacency=_adjacency)
for _top_k in (1, 7):
    methods[f'graph: top {_top_k}'] = _graph('Soft Wing', top_k=_top_k)
for _expansion in (1, 8):
    methods[f'graph: expansion {_expansion}'] = _graph(
        'Soft Wing', expansion=_expansion
    )
_sampler = dict(_delete_=True, type='mmpose_scgcn.PoseBalancedSampler')
methods['graph: balancing'] = _graph(
    'Soft Wing', more={'train_dataloader.sampler': _sampler}
)
methods['graph: occlusion'] = dict(
    _graph('Soft Wing'), config='configs/300w_cnn6-occlusion_64x64.py'
)
