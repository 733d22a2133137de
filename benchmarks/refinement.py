# What the parts of the refinement head are worth, on 300W at CPU scale. The
# faces of `val` judge; the test sets are for the rows of 300w_cpu.py.
#
# python tools/benchmark.py benchmarks/refinement.py
from mmpose_scgcn.benchmark.contenders import Contenders

title = 'Parts of the graph refinement head, on the validation faces of 300W'
config = 'configs/300w_cnn6_64x64.py'
norm = 'inter_ocular'
tests = {'val': dict(ann_file='face_landmarks_300w_val.json')}

_row = Contenders(
    channels=256,
    map_size=(4, 4),
    input_size=(64, 64),
    keypoints=68,
    deconvs=2,
    sigma=1.0,
    blur=5,
    finer=(64, 128),
).refinement
methods = {
    'refined': _row(),
    'no steps': _row(num_steps=0),
    'uniform adjacency': _row(adjacency='uniform'),
    'no relative loss': _row(relative=False),
    'Soft Wing': _row('Soft Wing'),
    'no prior': _row(prior_std=None),
    'no heatmap loss': _row(heatmap_weight=0),
}
search = dict(
    groups={'refinement': 'refined'},
    values=(5e-4, 1.5e-3, 4.5e-3),
    options={
        'train_cfg.max_iters': 500,
        'param_scheduler.1.end': 500,
        'param_scheduler.1.T_max': 500,
    },
)
