# 300W at CPU scale: four blocks of CNN-6 to a map of 4 x 4, on the faces of
# `face68` at 64 px. What is tested is the best of ten validations. The
# benchmark adds head, learning rate and seed.
_base_ = [
    '_base_/1500_iterations.py',
    '../../configs/_base_/datasets/300w_128x128.py',
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

codec = dict(type='RegressionLabel', input_size=(64, 64))
# Photos are decoded once.
_load = dict(type='mmpose_scgcn.LoadFaceImage', cache='work_dirs/pixels')
_crop = dict(type='TopdownAffine', input_size=codec['input_size'])
train_pipeline = [
    _load,
    *_base_.train_pipeline[1:5],
    _crop,
    *_base_.train_pipeline[6:-2],
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    *_base_.val_pipeline[:-2],
    _crop,
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(
    num_workers=0,
    persistent_workers=False,
    dataset=dict(pipeline=train_pipeline),
)
test_dataloader = val_dataloader = dict(
    num_workers=0,
    persistent_workers=False,
    dataset=dict(pipeline=val_pipeline),
)
