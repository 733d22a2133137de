# All common heads and ablations of ours, on 300W at CPU scale: about ten
# minutes a run on one core.
#
# python tools/benchmark.py benchmarks/300w_cpu.py
from contenders import GROUPS, REFINEMENT, Contenders
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
    deconvs=2,
    sigma=1.0,
    blur=5,
    finer=(32, 64, 128),
)
methods = contenders.stock()
# As many bins as the zoo has for 256 px; heatmaps of half of the input, from
# fewer channels.
methods['SimCC, 512 bins'] = dict(contenders.simcc(512), curve=False)
fine = dict(deconvs=3, channels=128, sigma=1.5, blur=7)
methods['heatmap 32, DARK'] = dict(contenders.heatmap(**fine), curve=False)
methods.update(contenders.graph_rows())
recipe = 'configs/300w-recipe_cnn6_64x64.py'
methods.update(
    contenders.refined_rows(recipe, 'configs/synthetic_cnn6_64x64.py')
)
# What others gain by the same settings of the data; heatmaps also by crops
# whose flips agree.
changed = '0-based keypoints, mild box jitter'
for name in ('SimCC', 'fully connected, Wing', 'graph: dynamic, L1, relative'):
    row = dict(methods[name], config=recipe, curve=False)
    methods[f'{name}, {changed}'] = row
methods[f'heatmap 32, UDP, {changed}'] = dict(
    contenders.heatmap(udp=True, **fine),
    config='configs/300w-recipe-udp_cnn6_64x64.py',
    curve=False,
)
# The best rows on `val` with the first seed, and what tells the parts of the
# method apart.
for name in (
    'refinement head, pre-trained',
    'refinement head, pre-trained: occlusion probability 0.5',
    'graph: dynamic, L1, relative',
    'graph: dynamic, Soft Wing, relative',
    'graph: dynamic, Wing, relative',
    'graph: dynamic, L1',
    'graph: uniform adjacency',
    'fully connected, Wing',
    'pooled, stock Wing',
    'pooled, L1',
    'heatmap 32, DARK',
    f'heatmap 32, UDP, {changed}',
    'SimCC',
    f'SimCC, {changed}',
):
    methods[name]['seeds'] = (0, 1, 2)

makes = {
    'data/synthetic_faces_6000/face_landmarks_wflw_train.json': (
        'make_synthetic_faces',
        'data/synthetic_faces_6000',
        *('--train', '6000', '--val', '1', '--test', '1'),
        *('--size', '128', '--seed', '100'),
    )
}

# A third of the length, the same for each.
short = 500
search = dict(
    values=(5e-4, 1.5e-3, 4.5e-3),
    groups=GROUPS | REFINEMENT,
    options={
        'train_cfg.max_iters': short,
        'param_scheduler.1.end': short,
        'param_scheduler.1.T_max': short,
    },
)
