# CNN-6 with Wing loss and pose-based data balancing: rare poses are drawn as
# often as common ones.
#
# python tools/train.py td-reg_cnn6-wing-pdb_1xb32-27e_aflw-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_27e.py',
    '../../../_base_/datasets/aflw_64x64.py',
    '../../../_base_/models/cnn6_64x64.py',
]

train_dataloader = dict(
    sampler=dict(
        type='mmpose_scgcn.PoseBalancedSampler',
        num_bins=9,
        _delete_=True,
    )
)

model = dict(
    backbone=dict(widths=(32, 64, 128, 256, 512)),
    head=dict(
        type='mmpose_scgcn.FullyConnectedHead',
        in_channels=512,
        in_featuremap_size=(2, 2),
        num_keypoints=19,
        # The constants of the paper, px of its 64 px input.
        loss=dict(
            type='mmpose_scgcn.WingLoss',
            omega=10.0,
            epsilon=2.0,
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
        ),
        decoder=_base_.codec,
    ),
)
