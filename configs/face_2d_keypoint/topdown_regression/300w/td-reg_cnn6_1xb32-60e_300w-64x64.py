# The zoo's pooled regression (its best loss, stock SoftWing) on a small
# backbone: the baseline of the structure-coherent config beside it.
#
# python tools/train.py td-reg_cnn6_1xb32-60e_300w-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_60e.py',
    '../../../_base_/datasets/300w_64x64.py',
]

model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
    ),
    backbone=dict(
        type='mmpose_scgcn.CNN6',
        widths=(32, 64, 128, 256),  # 64 px -> 4 x 4
        norm_cfg=dict(type='BN'),
    ),
    neck=dict(type='GlobalAveragePooling'),
    head=dict(
        type='RegressionHead',
        in_channels=256,
        num_joints=68,
        loss=dict(type='SoftWingLoss', use_target_weight=True),
        decoder=_base_.codec,
    ),
    test_cfg=dict(flip_test=True, shift_coords=True),
)
