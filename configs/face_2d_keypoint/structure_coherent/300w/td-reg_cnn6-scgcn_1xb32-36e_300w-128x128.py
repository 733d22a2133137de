# The paper's head at 128 px, on the faces, boxes and rectangles that `face68`
# is trained with. About half an hour of one core in float32.
#
# python tools/train.py td-reg_cnn6-scgcn_1xb32-36e_300w-128x128
_base_ = [
    '../../../_base_/channels-last_runtime.py',
    '../../../_base_/schedules/adamw_36e.py',
    '../../../_base_/datasets/300w_128x128.py',
    '../../../_base_/models/cnn6_64x64.py',
]

model = dict(
    # Five blocks, to a map of 4 x 4 again.
    backbone=dict(widths=(32, 48, 64, 128, 256)),
    head=dict(
        type='mmpose_scgcn.GraphRelationalHead',
        in_channels=256,
        in_featuremap_size=(4, 4),
        num_keypoints=68,
        decoder=_base_.codec,
    ),
)
optim_wrapper = dict(optimizer=dict(lr=4.5e-3))
