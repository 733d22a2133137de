# For two stages: crops of 160 px with room around the face, turned and shifted
# as widely as the first stage is to cope with.
codec = dict(type='RegressionLabel', input_size=(160, 160))

train_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale', padding=1.5),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='mmpose_scgcn.UniformBBoxTransform',
        shift_factor=0.1,
        scale_factor=(0.85, 1.15),
        rotate_factor=60,
    ),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale', padding=1.5),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
