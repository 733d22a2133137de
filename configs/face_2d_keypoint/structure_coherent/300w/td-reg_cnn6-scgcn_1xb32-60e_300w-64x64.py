# Structure-coherent head and losses at CPU scale.
#
# python tools/train.py td-reg_cnn6-scgcn_1xb32-60e_300w-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_60e.py',
    '../../../_base_/datasets/300w_64x64.py',
    '../../../_base_/models/cnn6_64x64.py',
]

model = dict(
    head=dict(
        type='mmpose_scgcn.GraphRelationalHead',
        in_channels=256,
        in_featuremap_size=(4, 4),
        num_keypoints=68,
        decoder=_base_.codec,
    ),
)
