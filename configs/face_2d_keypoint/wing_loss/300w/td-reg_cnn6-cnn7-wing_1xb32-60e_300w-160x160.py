# Two stages: CNN-6 on a view of 64 px; CNN-7 on a crop of 128 px that the
# keypoints of the first put upright. Both are trained at once; one after the
# other with --cfg-options
#   model.train_stages=coarse, then
#   model.train_stages=fine load_from=CHECKPOINT
#
# python tools/train.py td-reg_cnn6-cnn7-wing_1xb32-60e_300w-160x160
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_60e.py',
    '../../../_base_/datasets/300w_160x160.py',
]

norm_cfg = dict(type='BN')
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
    num_keypoints=68,
    input_size=_base_.codec['input_size'],
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
            num_keypoints=68,
            # The constants of the paper, px of a 64 px input ...
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
            widths=(64, 64, 128, 256, 512, 512),
            norm_cfg=norm_cfg,
        ),
        head=dict(
            type='mmpose_scgcn.FullyConnectedHead',
            in_channels=512,
            in_featuremap_size=(2, 2),
            num_keypoints=68,
            # ... and twice as many in one of 128 px: the same shape.
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

# The first stage has its own row.
val_evaluator = [
    dict(type='mmpose_scgcn.FaceAlignmentMetric', norm='inter_ocular'),
    dict(
        type='mmpose_scgcn.FaceAlignmentMetric',
        norm='inter_ocular',
        field='coarse_keypoints',
        prefix='coarse',
    ),
]
test_evaluator = val_evaluator
