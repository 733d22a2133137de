# CNN-6 with Wing loss and pose-based data balancing: rare poses are drawn as
# often as common ones.
#
# python tools/train.py td-reg_cnn6-wing-pdb_1xb32-27e_300w-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_27e.py',
    '../../../_base_/datasets/300w_64x64.py',
    '../../../_base_/models/cnn6-fc_64x64.py',
]

train_dataloader = dict(
    sampler=dict(_delete_=True, type='mmpose_scgcn.PoseBalancedSampler')
)

model = dict(
    head=dict(
        num_keypoints=68,
        loss=dict(
            type='mmpose_scgcn.WingLoss',
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
        ),
        decoder=_base_.codec,
    ),
)
