# Two stages: CNN-6 on a view of 64 px; CNN-7 on a crop of 128 px that the
# keypoints of the first put upright. Both are trained at once; one after the
# other with --cfg-options
#   model.train_stages=coarse, then
#   model.train_stages=fine load_from=CHECKPOINT
#
# python tools/train.py td-reg_cnn6-cnn7-wing_1xb32-60e_300w-160x160
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/adamw_60e.py',
    '../../../_base_/datasets/300w_160x160.py',
    '../../../_base_/models/cnn6-cnn7-fc_160x160.py',
]

num_keypoints = 68
model = dict(
    num_keypoints=num_keypoints,
    input_size=_base_.codec['input_size'],
    coarse=dict(head=dict(num_keypoints=num_keypoints)),
    fine=dict(head=dict(num_keypoints=num_keypoints)),
)

# The first stage has its own row.
val_evaluator = [
    _base_.val_evaluator,
    dict(_base_.val_evaluator, field='coarse_keypoints', prefix='coarse'),
]
test_evaluator = val_evaluator
