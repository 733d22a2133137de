# 300W at 128 px: five blocks of CNN-6 to a map of 4 x 4, on the faces of
# `face68`. What is tested is the best of ten validations. The benchmark adds
# head, precision, learning rate and seed.
_base_ = [
    '_base_/1500_iterations.py',
    '../../configs/_base_/datasets/300w_128x128.py',
    '../../configs/_base_/models/cnn6_64x64.py',
]

max_iters = 2000
interval = 200
train_cfg = dict(max_iters=max_iters, val_interval=interval)
_warm_up, _cosine = _base_.param_scheduler
param_scheduler = [_warm_up, dict(_cosine, end=max_iters, T_max=max_iters)]
model = dict(backbone=dict(widths=(32, 48, 64, 128, 256)))
default_hooks = dict(checkpoint=dict(interval=interval))
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='mmpose_scgcn.GraphHook'),
    dict(type='mmpose_scgcn.ChannelsLastHook'),
]
# Photos are decoded once.
_load = dict(type='mmpose_scgcn.LoadFaceImage', cache='work_dirs/pixels')
train_pipeline = [_load, *_base_.train_pipeline[1:]]
train_dataloader = dict(
    num_workers=0,
    persistent_workers=False,
    dataset=dict(pipeline=train_pipeline),
)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0, persistent_workers=False)
