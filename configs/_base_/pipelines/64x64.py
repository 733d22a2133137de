# Crops of 64 px, for a CPU.
codec = dict(type='RegressionLabel', input_size=(64, 64))

train_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        shift_factor=0.08,
        shift_prob=1.0,
        scale_factor=(0.85, 1.15),
        rotate_factor=30,
        rotate_prob=1.0,
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
