# CNN-6 on 64 px, then CNN-7 on 128 px, at half of their widths, trained
# jointly.
_base_ = ['wing-losses_cnn6_300w-64x64.py']

codec = dict(type='RegressionLabel', input_size=(160, 160))
train_pipeline = [
    dict(type='LoadImage'),
    dict(type='GetBBoxCenterScale', padding=1.5),
    dict(type='RandomFlip', direction='horizontal'),
    # The shift is a part of the padded box: as far as that of the one stage.
    dict(
        type='mmpose_scgcn.UniformBBoxTransform',
        shift_factor=0.125,
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
custom_hooks = [
    dict(type='SyncBuffersHook'),
    dict(type='mmpose_scgcn.GraphHook'),
    dict(type='mmpose_scgcn.ChannelsLastHook'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))

norm_cfg = dict(type='BN')
coarse_size, fine_size = (64, 64), (128, 128)

model = dict(
    _delete_=True,
    type='mmpose_scgcn.TwoStageEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
    ),
    backbone=dict(),  # the stages have one each; `init_model` looks here
    num_keypoints=68,
    input_size=codec['input_size'],
    coarse=dict(
        input_size=coarse_size,
        backbone=dict(
            type='mmpose_scgcn.CNN6',
            widths=(16, 32, 64, 128, 256),
            norm_cfg=norm_cfg,
        ),
        head=dict(
            type='mmpose_scgcn.FullyConnectedHead',
            in_channels=256,
            in_featuremap_size=(2, 2),
            num_keypoints=68,
            hidden_channels=512,
            loss=dict(
                type='mmpose_scgcn.WingLoss',
                omega=10.0,
                epsilon=2.0,
                input_size=coarse_size,
                use_target_weight=True,
            ),
        ),
    ),
    fine=dict(
        input_size=fine_size,
        backbone=dict(
            type='mmpose_scgcn.CNN7',
            widths=(32, 32, 64, 128, 256, 256),
            norm_cfg=norm_cfg,
        ),
        head=dict(
            type='mmpose_scgcn.FullyConnectedHead',
            in_channels=256,
            in_featuremap_size=(2, 2),
            num_keypoints=68,
            hidden_channels=512,
            # Twice the constants for twice the input: the same shape.
            loss=dict(
                type='mmpose_scgcn.WingLoss',
                omega=20.0,
                epsilon=4.0,
                loss_weight=0.5,
                input_size=fine_size,
                use_target_weight=True,
            ),
        ),
    ),
    test_cfg=dict(flip_test=True, shift_coords=True),
)
