# CNN-6 with its fully connected head at 64 px on 300W. The last checkpoint is
# what is tested: nothing is selected. The benchmark adds loss, sampler and
# seed.
_base_ = [
    '_base_/1500_iterations.py',
    '../../configs/_base_/datasets/300w_64x64.py',
    '../../configs/_base_/models/cnn6-fc_64x64.py',
]

model = dict(
    head=dict(
        num_keypoints=68,
        hidden_channels=1024,
        loss=dict(
            type='mmpose_scgcn.WingLoss',
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
        ),
        decoder=_base_.codec,
    ),
)

default_hooks = dict(checkpoint=dict(save_best=None, rule=None))
train_dataloader = dict(num_workers=0, persistent_workers=False)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0, persistent_workers=False)
