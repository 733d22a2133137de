# ResNet-50 with Wing loss and pose-based data balancing.
#
# python tools/train.py td-reg_res50-wing-pdb_8xb64-210e_wflw-256x256
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adam_210e.py',
    '../../../_base_/datasets/wflw_256x256.py',
    '../../../_base_/models/res50_256x256.py',
]

train_dataloader = dict(
    sampler=dict(
        type='mmpose_scgcn.PoseBalancedSampler', num_bins=9, _delete_=True
    )
)

model = dict(
    neck=dict(type='GlobalAveragePooling'),  # as ResNet-50 has it
    head=dict(
        type='mmpose_scgcn.FullyConnectedHead',
        in_channels=2048,
        in_featuremap_size=(1, 1),
        num_keypoints=98,
        # The paper's 10 and 2 px of a 64 px input, in px of this one.
        loss=dict(
            type='mmpose_scgcn.WingLoss',
            omega=40.0,
            epsilon=8.0,
            loss_weight=0.25,
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
        ),
        decoder=_base_.codec,
    ),
)
