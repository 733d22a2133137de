# 300W at 128 px for faces in photos: boxes move as a face detector's do, and
# a rectangle covers a quarter of the faces.
#
# Keypoints are moved by a pixel, so that the labels of mirrored faces agree
# with those of upright ones ("Files that count pixels from 1" in
# docs/data_sets.md).
_base_ = ['300w_base.py']

codec = dict(type='RegressionLabel', input_size=(128, 128))
_origin = dict(type='mmpose_scgcn.ShiftKeypointOrigin', origin=1)

train_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    _origin,
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        shift_factor=0.06,
        shift_prob=1.0,
        scale_factor=(0.9, 1.1),
        rotate_factor=20,
        rotate_prob=1.0,
    ),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='mmpose_scgcn.RandomOcclusion', prob=0.25),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    _origin,
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
