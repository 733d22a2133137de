# The zoo's pooled regression (its best loss, stock SoftWing) on a small
# backbone: the baseline of the structure-coherent config.
#
# python tools/train.py td-reg_cnn6_1xb32-12e_synthetic-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_12e.py',
    '../../../_base_/datasets/synthetic_64x64.py',
    '../../../_base_/models/cnn6_64x64.py',
]

model = dict(
    neck=dict(type='GlobalAveragePooling'),
    head=dict(
        type='RegressionHead',
        in_channels=256,
        num_joints=98,
        loss=dict(type='SoftWingLoss', use_target_weight=True),
        decoder=_base_.codec,
    ),
)
