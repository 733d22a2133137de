# Structure-coherent head and losses on the zoo's backbone and schedule.
#
# python tools/train.py td-reg_res50-scgcn_8xb64-210e_cofw-256x256
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adam_210e.py',
    '../../../_base_/datasets/cofw_256x256.py',
    '../../../_base_/models/res50_256x256.py',
]

model = dict(
    head=dict(
        type='mmpose_scgcn.GraphRelationalHead',
        in_channels=2048,
        in_featuremap_size=(8, 8),
        num_keypoints=29,
        decoder=_base_.codec,
    ),
)
