# 300W at the size of MMPose's zoo: ResNet-18 from scratch, 60 epochs counted
# in iterations, on the faces of `face68` at 256 px. What is tested is the best
# of twelve validations. The benchmark adds head, depth, precision, learning
# rate and seed.
_base_ = [
    '_base_/1500_iterations.py',
    '../../configs/_base_/datasets/300w_128x128.py',
    '../../configs/_base_/models/res50_256x256.py',
]

max_iters = 3360  # of 56 batches an epoch
interval = 280
train_cfg = dict(max_iters=max_iters, val_interval=interval)
_warm_up, _cosine = _base_.param_scheduler
param_scheduler = [_warm_up, dict(_cosine, end=max_iters, T_max=max_iters)]
model = dict(backbone=dict(depth=18, init_cfg=None))
default_hooks = dict(checkpoint=dict(interval=interval))
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='mmpose_scgcn.GraphHook'),
    dict(type='mmpose_scgcn.ChannelsLastHook'),
]

codec = dict(type='RegressionLabel', input_size=(256, 256))
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
train_dataloader = dict(num_workers=2, dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
