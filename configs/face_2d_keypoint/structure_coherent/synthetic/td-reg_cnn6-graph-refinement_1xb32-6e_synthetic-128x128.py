# The refinement head with heatmaps of 64 x 64 on procedural faces alone: the
# first part of `face98-synthetic`. An hour of one core in bfloat16.
#
# python tools/train.py td-reg_cnn6-graph-refinement_1xb32-6e_synthetic-128x128
#
# The model was trained with `--amp --seed 0`, and then on other faces
# (docs/models.md).
_base_ = [
    '../../../_base_/channels-last_runtime.py',
    '../../../_base_/schedules/adamw_6e.py',
    '../../../_base_/datasets/synthetic_128x128.py',
    '../../../_base_/models/cnn6-refinement_128x128.py',
]

model = dict(head=dict(num_keypoints=98, decoder=_base_.codec))
optim_wrapper = dict(optimizer=dict(lr=4.5e-3))
