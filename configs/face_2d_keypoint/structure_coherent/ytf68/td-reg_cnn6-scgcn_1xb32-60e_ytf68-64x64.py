# Structure-coherent head and losses at CPU scale.
#
# python tools/train.py td-reg_cnn6-scgcn_1xb32-60e_ytf68-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_60e.py',
    '../../../_base_/datasets/ytf68_64x64.py',
    '../../../_base_/models/cnn6_64x64.py',
]

# The published constants (2, 20, 0.5 px) belong to a 256 px input; a 64 px
# input has a quarter of them.
penalty = dict(
    type='mmpose_scgcn.SoftWingLoss', omega1=0.5, omega2=5.0, epsilon=0.125
)

# No validation set, no selection.
val_cfg = None
default_hooks = dict(checkpoint=dict(save_best=None, rule=None))

model = dict(
    head=dict(
        type='mmpose_scgcn.GraphRelationalHead',
        in_channels=256,
        in_featuremap_size=(4, 4),
        num_keypoints=68,
        loss=dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
            absolute=penalty,
            relative=dict(
                type='mmpose_scgcn.RelativeLocationLoss', penalty=penalty
            ),
        ),
        decoder=_base_.codec,
    ),
)
