# A small backbone for a CPU: 64 px in, 256 channels of 4 x 4 out. The config
# adds the head.
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
    ),
    backbone=dict(
        type='mmpose_scgcn.CNN6',
        widths=(32, 64, 128, 256),
        norm_cfg=dict(type='BN'),
    ),
    test_cfg=dict(flip_test=True, shift_coords=True),
)
