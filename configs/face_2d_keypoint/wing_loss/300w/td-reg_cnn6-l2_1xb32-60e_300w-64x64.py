# CNN-6 with its fully connected head, and L2 in place of Wing loss.
#
# python tools/train.py td-reg_cnn6-l2_1xb32-60e_300w-64x64
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_60e.py',
    '../../../_base_/datasets/300w_64x64.py',
    '../../../_base_/models/cnn6-fc_64x64.py',
]

model = dict(
    head=dict(
        num_keypoints=68,
        loss=dict(
            type='mmpose_scgcn.L2Loss',
            input_size=_base_.codec['input_size'],
            use_target_weight=True,
        ),
        decoder=_base_.codec,
    ),
)
