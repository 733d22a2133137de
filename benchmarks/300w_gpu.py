# All common heads and ablations of ours, on 300W with ResNet-50 at 256 px,
# from scratch. It can be interrupted; the same command goes on:
#
# python tools/benchmark.py benchmarks/300w_gpu.py --minutes 60
from contenders import GROUPS, Contenders
from face_tests import SUMMARY_300W, axes_300w, tests_300w

title = 'Heads and losses on 300W, GPU scale'
config = 'configs/300w_res50_256x256.py'
norm = 'inter_ocular'

tests = tests_300w()
axes = axes_300w()
summary = SUMMARY_300W

contenders = Contenders(
    channels=2048,
    map_size=(8, 8),
    input_size=(256, 256),
    keypoints=68,
    deconvs=3,
    sigma=2.0,
    blur=11,
    finer=(256, 512, 1024),
)
methods = {
    **contenders.stock(),
    **contenders.graph_rows(),
    'refinement head': contenders.refined(),
}
# Tested, not trained, where its weights are, on keypoints as they are filed:
# with pre-training and all 3,148 training faces, from
# https://download.openmmlab.com/mmpose/face/hrnetv2/
methods['zoo: HRNetV2-W18'] = dict(
    kind='heatmap',
    config='configs/300w_zoo-hrnetv2-w18_256x256.py',
    checkpoint='checkpoints/hrnetv2_w18_300w_256x256-eea53406_20211019.pth',
)

# A quarter of the length, the same for each.
short = 1470
search = dict(
    values=(2e-4, 5e-4, 1.25e-3),
    groups=GROUPS,
    options={
        'train_cfg.max_iters': short,
        'train_cfg.val_interval': short,
        'default_hooks.checkpoint.interval': short,
        'param_scheduler.1.end': short,
        'param_scheduler.1.milestones': [1190, 1400],
    },
)
