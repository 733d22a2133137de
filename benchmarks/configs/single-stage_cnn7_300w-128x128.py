# CNN-7 alone, as wide as costs what both stages of
# two-stage_cnn6-cnn7_300w-160x160.py do. It sees the same crops, in 128 px.
_base_ = ['robustness_300w.py']

codec = dict(type='RegressionLabel', input_size=(128, 128))

train_pipeline = [
    dict(type='LoadImage'),
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
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale', padding=1.5),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))

model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
    ),
    backbone=dict(
        type='mmpose_scgcn.CNN7',
        widths=(35, 35, 70, 139, 278, 278),
        norm_cfg=dict(type='BN'),
    ),
    head=dict(
        type='mmpose_scgcn.FullyConnectedHead',
        in_channels=278,
        in_featuremap_size=(2, 2),
        num_keypoints=68,
        hidden_channels=556,
        loss=dict(
            type='mmpose_scgcn.WingLoss',
            omega=20.0,
            epsilon=4.0,
            loss_weight=0.5,
            input_size=codec['input_size'],
            use_target_weight=True,
        ),
        decoder=codec,
    ),
    test_cfg=dict(flip_test=True, shift_coords=True),
)
