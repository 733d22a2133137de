# 300W at CPU scale: four blocks of CNN-6 to a map of 4 x 4, on the faces of
# `face68` at 64 px. What is tested is the best of ten validations. The
# benchmark adds head, learning rate and seed.
_base_ = [
    '_base_/1500_iterations.py',
    '../../configs/_base_/datasets/300w-photos_64x64.py',
    '../../configs/_base_/models/cnn6_64x64.py',
]

interval = 150
train_cfg = dict(val_interval=interval)
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
