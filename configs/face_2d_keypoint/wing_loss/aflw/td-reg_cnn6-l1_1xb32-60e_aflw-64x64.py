# CNN-6 with its fully connected head.
#
# python tools/train.py td-reg_cnn6-l1_1xb32-60e_aflw-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_60e.py',
    '../../../_base_/datasets/aflw_64x64.py',
    '../../../_base_/models/cnn6_64x64.py',
]

model = dict(
    # Five stages, as in the paper; batch norm is ours.
    backbone=dict(widths=(32, 64, 128, 256, 512)),
    head=dict(
        type='mmpose_scgcn.FullyConnectedHead',
        in_channels=512,
        in_featuremap_size=(2, 2),
        num_keypoints=19,
        # L1, for the comparison of the paper.
        loss=dict(
            type='mmpose_scgcn.L1Loss',
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
        ),
        decoder=_base_.codec,
    ),
)
