# CNN-7 alone with the cost of both stages: halved widths, a little widened.
_base_ = ['wing-losses_cnn6_300w-64x64.py']

codec = dict(type='RegressionLabel', input_size=(128, 128))
train_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='mmpose_scgcn.UniformBBoxTransform',
        shift_factor=0.15,
        scale_factor=(0.85, 1.15),
        rotate_factor=60,
    ),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='mmpose_scgcn.GraphHook'),
    dict(type='mmpose_scgcn.ChannelsLastHook'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))

model = dict(
    backbone=dict(
        type='mmpose_scgcn.CNN7', widths=(34, 35, 70, 138, 277, 277)
    ),
    head=dict(
        in_channels=277,
        hidden_channels=512,
        # As in the second of two stages: its px are half of the first one's.
        loss=dict(loss_weight=0.5, input_size=codec['input_size']),
        decoder=codec,
    ),
)
