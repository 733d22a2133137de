# CNN-6 with its fully connected head at 64 px on 300W, for a given number of
# iterations whatever the length of an epoch. The benchmark adds loss, sampler
# and seed.
_base_ = [
    '../../configs/_base_/default_runtime.py',
    '../../configs/_base_/datasets/300w_64x64.py',
]

max_iters = 1500
train_cfg = dict(by_epoch=False, max_iters=max_iters, val_interval=500)
val_cfg = dict()
test_cfg = dict()

optim_wrapper = dict(optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.05))
param_scheduler = [
    dict(type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=max_iters,
        T_max=max_iters,
        by_epoch=False,
    ),
]

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
        widths=(32, 64, 128, 256, 512),
        norm_cfg=dict(type='BN'),
    ),
    head=dict(
        type='mmpose_scgcn.FullyConnectedHead',
        in_channels=512,
        in_featuremap_size=(2, 2),
        num_keypoints=68,
        hidden_channels=1024,
        loss=dict(
            type='mmpose_scgcn.WingLoss',
            omega=10.0,
            epsilon=2.0,
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
        ),
        decoder=_base_.codec,
    ),
    test_cfg=dict(flip_test=True, shift_coords=True),
)

# The last checkpoint is what is tested: nothing is selected.
default_hooks = dict(
    checkpoint=dict(
        by_epoch=False,
        interval=500,
        max_keep_ckpts=1,
        save_best=None,
        rule=None,
    ),
    logger=dict(interval=100),
)
log_processor = dict(by_epoch=False)
train_dataloader = dict(num_workers=0, persistent_workers=False)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0, persistent_workers=False)
