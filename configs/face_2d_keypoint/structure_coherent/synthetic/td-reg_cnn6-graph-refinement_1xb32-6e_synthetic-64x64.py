# The refinement head at 64 px on procedural faces alone: where `face68-64px`
# starts from. 20 minutes of one core in bfloat16.
#
# python tools/train.py td-reg_cnn6-graph-refinement_1xb32-6e_synthetic-64x64
_base_ = [
    '../../../_base_/channels-last_runtime.py',
    '../../../_base_/schedules/adamw_6e.py',
    '../../../_base_/datasets/synthetic-photos_64x64.py',
    '../../../_base_/models/cnn6-refinement_64x64.py',
]

model = dict(head=dict(num_keypoints=98, decoder=_base_.codec))
optim_wrapper = dict(optimizer=dict(lr=4.5e-3))
