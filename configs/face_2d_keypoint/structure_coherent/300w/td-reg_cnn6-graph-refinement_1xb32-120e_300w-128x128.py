# The refinement head with heatmaps of 64 x 64, for the boxes of a face
# detector, with averaged weights: the model `face68`. An hour and a half of
# one core in bfloat16.
#
# python tools/train.py td-reg_cnn6-graph-refinement_1xb32-120e_300w-128x128
#
# The model was trained with `--amp --seed 0`.
_base_ = [
    '../../../_base_/averaged_runtime.py',
    '../../../_base_/schedules/adamw_120e.py',
    '../../../_base_/datasets/300w_128x128.py',
    '../../../_base_/models/cnn6-refinement_128x128.py',
]

model = dict(head=dict(num_keypoints=68, separable=True, decoder=_base_.codec))
optim_wrapper = dict(optimizer=dict(lr=4.5e-3))
