# 300W at CPU scale: four blocks of CNN-6 to a map of 4 x 4. What is tested is
# the best of ten validations. The benchmark adds head, learning rate and seed.
_base_ = [
    '_base_/1500_iterations.py',
    '../../configs/_base_/datasets/300w_64x64.py',
    '../../configs/_base_/models/cnn6_64x64.py',
]

interval = 150
train_cfg = dict(val_interval=interval)
optim_wrapper = dict(optimizer=dict(lr=2e-3))
default_hooks = dict(checkpoint=dict(interval=interval))
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='mmpose_scgcn.GraphHook'),
    dict(type='mmpose_scgcn.ChannelsLastHook'),
]
train_dataloader = dict(num_workers=0, persistent_workers=False)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0, persistent_workers=False)
