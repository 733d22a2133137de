# The refinement head at 64 px, for the boxes of a face detector, with
# averaged weights: the model `face68-64px`. Half an hour of one core in
# bfloat16.
#
# python tools/train.py td-reg_cnn6-graph-refinement_1xb32-90e_300w-64x64
#
# The model was trained with `--amp --seed 0` and started from the best
# checkpoint of td-reg_cnn6-graph-refinement_1xb32-6e_synthetic-64x64
# (`--cfg-options load_from=FILE`).
_base_ = [
    '../../../_base_/averaged_runtime.py',
    '../../../_base_/schedules/adamw_90e.py',
    '../../../_base_/datasets/300w-photos_64x64.py',
    '../../../_base_/models/cnn6-refinement_64x64.py',
]

model = dict(head=dict(num_keypoints=68, decoder=_base_.codec))
optim_wrapper = dict(optimizer=dict(lr=4.5e-3))
