# The two stages of the Wing loss paper: CNN-6 on a view of 64 px; CNN-7 on a
# crop of 128 px that the keypoints of the first put upright. The config adds
# keypoints and the size of the input.
norm_cfg = dict(type='BN')  # ours
coarse_size, fine_size = (64, 64), (128, 128)

model = dict(
    type='mmpose_scgcn.TwoStageEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
    ),
    backbone=dict(),  # the stages have one each; `init_model` looks here
    coarse=dict(
        input_size=coarse_size,
        backbone=dict(
            type='mmpose_scgcn.CNN6',
            widths=(32, 64, 128, 256, 512),
            norm_cfg=norm_cfg,
        ),
        head=dict(
            type='mmpose_scgcn.FullyConnectedHead',
            in_channels=512,
            in_featuremap_size=(2, 2),
            loss=dict(
                type='mmpose_scgcn.WingLoss',
                input_size=coarse_size,
                use_target_weight=True,
            ),
        ),
    ),
    fine=dict(
        input_size=fine_size,
        backbone=dict(
            type='mmpose_scgcn.CNN7',
            widths=(64, 64, 128, 256, 512, 512),
            norm_cfg=norm_cfg,
        ),
        head=dict(
            type='mmpose_scgcn.FullyConnectedHead',
            in_channels=512,
            in_featuremap_size=(2, 2),
            loss=dict(
                type='mmpose_scgcn.WingLoss',
                input_size=fine_size,
                use_target_weight=True,
                loss_weight=0.5,  # its px are half of the first stage's
            ),
        ),
    ),
    test_cfg=dict(flip_test=True, shift_coords=True),
)
