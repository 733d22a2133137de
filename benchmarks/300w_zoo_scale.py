# The refinement head, the paper's head and the zoo's regression head on the
# zoo's backbones at 256 px, from scratch. About two hours of one core for a
# run with ResNet-18, and a few minutes of a GPU.
#
# python tools/benchmark.py benchmarks/300w_zoo_scale.py
from contenders import GROUPS, Contenders, fastest_precision
from face_tests import SUMMARY_300W, axes_300w, tests_300w

title = "Heads on the zoo's backbones, 300W at 256 px"
config = 'configs/300w_res18_256x256.py'
norm = 'inter_ocular'

tests = tests_300w()
axes = axes_300w()
summary = SUMMARY_300W


def _rows(depth, channels, finer, seeds):
    """Give the rows on a ResNet."""
    contenders = Contenders(
        channels=channels,
        map_size=(8, 8),
        input_size=(256, 256),
        keypoints=68,
        deconvs=3,
        sigma=2.0,
        blur=11,
        finer=finer,
    )
    heads = {
        'refinement head': contenders.refined(),
        'graph: dynamic, Soft Wing, relative': contenders.graph(),
        'pooled, smooth L1': contenders.stock()['pooled, smooth L1'],
    }
    for name, row in heads.items():
        row['options']['model.backbone.depth'] = depth
        row['options']['optim_wrapper.type'] = fastest_precision()
        few = seeds[:1] if name.startswith('graph') else seeds
        row.update(seeds=few, curve=True)
    return {f'ResNet-{depth}, {name}': row for name, row in heads.items()}


methods = {
    **_rows(18, 512, (64, 128, 256), (0, 1, 2)),
    **_rows(50, 2048, (256, 512, 1024), (0,)),
}

# A sixth of the length; ResNet-50 takes what is found with ResNet-18.
_short = 560
search = dict(
    values=(5e-4, 1.5e-3, 4.5e-3),
    # Whose best was the largest.
    more={
        'refinement': (1.35e-2, 4.05e-2, 1.215e-1),
        'graph': (1.35e-2, 4.05e-2),
    },
    groups={
        group: f'ResNet-18, {GROUPS[group]}'
        for group in ('refinement', 'graph', 'pooled')
    },
    options={
        'train_cfg.max_iters': _short,
        'train_cfg.val_interval': _short,
        'default_hooks.checkpoint.interval': _short,
        'param_scheduler.1.end': _short,
        'param_scheduler.1.T_max': _short,
    },
)
