# 300W at CPU scale: four blocks of CNN-6 to a map of 4 x 4, for a given number
# of iterations whatever the length of an epoch. What is tested is the best of
# ten validations. The benchmark adds head, learning rate and seed.
_base_ = [
    '../../configs/_base_/default_runtime.py',
    '../../configs/_base_/datasets/300w_64x64.py',
    '../../configs/_base_/models/cnn6_64x64.py',
]

max_iters = 1500
interval = 150
train_cfg = dict(by_epoch=False, max_iters=max_iters, val_interval=interval)
val_cfg = dict()
test_cfg = dict()

optim_wrapper = dict(optimizer=dict(type='AdamW', lr=2e-3, weight_decay=0.05))
# In shares of the length, so that a shorter search has the same shape.
param_scheduler = [
    dict(type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=max_iters,
        T_max=max_iters,
        by_epoch=False,
    ),
]

default_hooks = dict(
    checkpoint=dict(by_epoch=False, interval=interval, max_keep_ckpts=1),
    logger=dict(interval=100),
)
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='mmpose_scgcn.GraphHook'),
    dict(type='mmpose_scgcn.ChannelsLastHook'),
]
log_processor = dict(by_epoch=False)
train_dataloader = dict(num_workers=0, persistent_workers=False)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0, persistent_workers=False)
