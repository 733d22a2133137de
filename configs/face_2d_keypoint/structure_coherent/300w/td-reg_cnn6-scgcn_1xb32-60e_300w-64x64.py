# Structure-coherent head and losses at CPU scale; everything else is the
# baseline's.
#
# python tools/train.py td-reg_cnn6-scgcn_1xb32-60e_300w-64x64
_base_ = [
    '../../topdown_regression/300w/td-reg_cnn6_1xb32-60e_300w-64x64.py'
]

# The published constants (2, 20, 0.5 px) belong to a 256 px input; a 64 px
# input has a quarter of them.
penalty = dict(
    type='mmpose_scgcn.SoftWingLoss', omega1=0.5, omega2=5.0, epsilon=0.125
)

model = dict(
    neck=None,
    head=dict(
        _delete_=True,
        type='mmpose_scgcn.GraphRelationalHead',
        in_channels=256,
        in_featuremap_size=(4, 4),
        num_keypoints=68,
        loss=dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            input_size=(64, 64),
            use_target_weight=True,
            absolute=penalty,
            relative=dict(
                type='mmpose_scgcn.RelativeLocationLoss', penalty=penalty
            ),
        ),
        decoder=_base_.codec,
    ),
)
