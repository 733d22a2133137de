# Is a training in bfloat16 as good as one in float32? The graph relational
# head on 300W at CPU scale, with three seeds each. How long a step takes is
# measured by bench_training_steps.py.
#
# python tools/benchmark.py benchmarks/bfloat16.py
from contenders import Contenders
from face_tests import tests_300w

title = 'Training in float32 and in bfloat16'
config = 'configs/300w_cnn6_64x64.py'
norm = 'inter_ocular'

_all = tests_300w()
tests = {name: _all[name] for name in ('val', '300w_common', 'ytf68')}

contenders = Contenders(
    channels=256,
    map_size=(4, 4),
    input_size=(64, 64),
    keypoints=68,
    deconvs=2,
    sigma=1.0,
    blur=5,
)
# Less augmentation than in the suite of heads.
_less = {
    'mmpose_scgcn.RandomOcclusion': dict(prob=0.0),
    'RandomBBoxTransform': dict(
        shift_factor=0.04, scale_factor=(0.93, 1.07), rotate_factor=15
    ),
}
methods = {}
for _name, _wrapper in (
    ('float32', 'OptimWrapper'),
    ('bfloat16', 'mmpose_scgcn.BFloat16OptimWrapper'),
):
    _row = contenders.graph('L1')
    _row['options']['optim_wrapper.type'] = _wrapper
    methods[_name] = dict(_row, group='', seeds=(0, 1, 2), transforms=_less)
