# MMPose's regression backbone; the config adds the head. Without a network,
# --cfg-options model.backbone.init_cfg=None starts it from scratch.
model = dict(
    type='TopdownPoseEstimator',
    data_preprocessor=dict(
        type='PoseDataPreprocessor',
        mean=[123.675, 116.28, 103.53],
        std=[58.395, 57.12, 57.375],
        bgr_to_rgb=True,
    ),
    backbone=dict(
        type='ResNet',
        depth=50,
        init_cfg=dict(
            type='Pretrained',
            # torchvision://resnet50, at an address that needs no torchvision
            checkpoint='https://download.pytorch.org/models/'
            'resnet50-0676ba61.pth',
        ),
    ),
    test_cfg=dict(flip_test=True, shift_coords=True),
)
