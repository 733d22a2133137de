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
    sampler=dict(_delete_=True, type='mmpose_scgcn.PoseBalancedSampler')
)

model = dict(
    neck=dict(type='GlobalAveragePooling'),  # as ResNet-50 has it
    head=dict(
        type='mmpose_scgcn.FullyConnectedHead',
        in_channels=2048,
        in_featuremap_size=(1, 1),
        num_keypoints=98,
        loss=dict(
            type='mmpose_scgcn.WingLoss',
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
            loss_weight=0.25,  # its px are a quarter of the paper's
        ),
        decoder=_base_.codec,
    ),
)
