# The refinement head at 64 px in tight crops, for boxes about keypoints: for
# those of annotations, or for a second pass. For a face detector's boxes take
# td-reg_cnn6-graph-refinement_1xb32-90e_300w-64x64.
#
# python tools/train.py td-reg_cnn6-graph-refinement_1xb32-120e_300w-64x64
_base_ = [
    '../../../_base_/averaged_runtime.py',
    '../../../_base_/schedules/adamw_120e.py',
    '../../../_base_/datasets/300w-tight_64x64.py',
    '../../../_base_/models/cnn6-refinement_64x64.py',
]

model = dict(
    head=dict(num_keypoints=68, separable=False, decoder=_base_.codec)
)
optim_wrapper = dict(optimizer=dict(lr=4.5e-3))
