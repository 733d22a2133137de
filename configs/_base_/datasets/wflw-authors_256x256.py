# WFLW, augmented as in the released code of structure-coherent face alignment.
_base_ = ['wflw_256x256.py']

train_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='mmpose_scgcn.UniformBBoxTransform',
        shift_factor=0.1,
        scale_factor=(0.9314, 1.0686),
        rotate_factor=40,
    ),
    dict(type='TopdownAffine', input_size=_base_.codec['input_size']),
    dict(type='mmpose_scgcn.RandomOcclusion', prob=0.5, area=0.2),
    dict(type='mmpose_scgcn.StandardizeImage'),
    dict(type='GenerateTarget', encoder=_base_.codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=_base_.codec['input_size']),
    dict(type='mmpose_scgcn.StandardizeImage'),
    dict(type='PackPoseInputs'),
]

train_dataloader = dict(
    drop_last=True,
    sampler=dict(
        _delete_=True,
        type='mmpose_scgcn.PoseBalancedSampler',
        num_bins=9,
        use_abs=True,
    ),
    dataset=dict(pipeline=train_pipeline),
)
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
