# CNN-6 on 64 px, then CNN-7 on 128 px, at half of their widths, trained
# jointly. The last checkpoint is what is tested.
_base_ = [
    '_base_/1500_iterations.py',
    '../../configs/_base_/datasets/300w_160x160.py',
    '../../configs/_base_/models/cnn6-cnn7-fc_160x160.py',
]

# The shift is a part of the padded box: as far as that of the one stage.
train_pipeline = [
    dict(step, shift_factor=0.125)
    if step['type'] == 'mmpose_scgcn.UniformBBoxTransform'
    else step
    for step in _base_.train_pipeline
]
train_dataloader = dict(
    num_workers=0,
    persistent_workers=False,
    dataset=dict(pipeline=train_pipeline),
)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0, persistent_workers=False)

_head = dict(num_keypoints=68, in_channels=256, hidden_channels=512)
model = dict(
    num_keypoints=68,
    input_size=_base_.codec['input_size'],
    coarse=dict(backbone=dict(widths=(16, 32, 64, 128, 256)), head=_head),
    fine=dict(backbone=dict(widths=(32, 32, 64, 128, 256, 256)), head=_head),
)

default_hooks = dict(checkpoint=dict(save_best=None, rule=None))
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='mmpose_scgcn.GraphHook'),
    dict(type='mmpose_scgcn.ChannelsLastHook'),
]
