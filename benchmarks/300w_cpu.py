# All common heads and ablations of ours, on 300W at CPU scale: 10 to 25
# minutes a run on one core. All rows have the same faces, boxes and
# augmentation, but for those that are named after what they change.
#
# python tools/benchmark.py benchmarks/300w_cpu.py
from contenders import GROUPS, Contenders, fastest_precision
from face_tests import SUMMARY_300W, axes_300w, tests_300w

title = 'Heads and losses on 300W, CPU scale'
config = 'configs/300w_cnn6_64x64.py'
norm = 'inter_ocular'

tests = tests_300w()
axes = axes_300w()
summary = SUMMARY_300W

contenders = Contenders(
    channels=256,
    map_size=(4, 4),
    input_size=(64, 64),
    keypoints=68,
    deconvs=3,
    # Where three times this is no whole number, MMPose draws targets a cell
    # off: of 1.5 those near the left and top edges.
    sigma=4 / 3,
    blur=7,
    deconv_channels=128,
    finer=(32, 64, 128),
)
methods = {**contenders.stock(), **contenders.graph_rows()}
# As many bins as the zoo has for 256 px.
methods['SimCC, 512 bins'] = contenders.simcc(512)
methods.update(contenders.refined_rows())

# What the data do, for ours and the two best heads of others.
_changes = {
    'no occlusion augmentation': {
        'mmpose_scgcn.RandomOcclusion': dict(prob=0)
    },
    'mild box jitter': {
        'RandomBBoxTransform': dict(
            shift_factor=0.04, scale_factor=(0.93, 1.07), rotate_factor=15
        )
    },
    'tight crops': {'GetBBoxCenterScale': dict(padding=1.1)},
}
for _name in ('refinement head', 'heatmap, UDP', 'SimCC'):
    _row = methods[_name]
    for _change, _transforms in _changes.items():
        methods[f'{_name}: {_change}'] = dict(
            _row, transforms={**_row.get('transforms', {}), **_transforms}
        )
    _start = f'{_name}: synthetic faces only'
    methods[f'{_name}, pre-trained'] = dict(_row, start=_start)
    methods[_start] = dict(_row, config='configs/synthetic_cnn6_64x64.py')

# Of the best rows and of what conclusions are drawn from.
_paper = GROUPS['graph']
_three = (
    'pooled, stock Wing',
    'fully connected, Wing',
    'heatmap, UDP',
    'SimCC',
    _paper,
    'graph: dynamic, L1, relative',
    'graph: dynamic, L1',
    'graph: learned adjacency',
    'graph: uniform adjacency',
    'refinement head',
)
for _name, _row in methods.items():
    _row['options'] = {
        **_row['options'],
        'optim_wrapper.type': fastest_precision(),
    }
    _row['curve'] = _name in _three and 'graph: ' not in _name
    if _name in _three:
        _row['seeds'] = (0, 1, 2)
methods[_paper]['curve'] = True

makes = {
    'data/synthetic_faces_6000/face_landmarks_wflw_train.json': (
        'make_synthetic_faces',
        'data/synthetic_faces_6000',
        *('--train', '6000', '--val', '1', '--test', '1'),
        *('--size', '128', '--seed', '100'),
    )
}

# A third of the length, the same for each.
_short = 500
search = dict(
    values=(5e-4, 1.5e-3, 4.5e-3, 1.35e-2),
    # Whose best was the largest.
    more={
        'heatmap': (4.05e-2,),
        'refinement': (4.05e-2,),
        'integral': (4.05e-2, 1.215e-1),
    },
    groups=GROUPS,
    options={
        'train_cfg.max_iters': _short,
        'train_cfg.val_interval': _short,
        'default_hooks.checkpoint.interval': _short,
        'param_scheduler.1.end': _short,
        'param_scheduler.1.T_max': _short,
    },
)
