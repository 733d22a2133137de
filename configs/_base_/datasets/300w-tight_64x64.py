# The faces of 300w-photos_64x64.py in tighter crops, with boxes that move less
# at random: for boxes about keypoints, as those of annotations or of a second
# pass, where a face then has more pixels.
_base_ = ['300w-photos_64x64.py']

_padding = dict(type='GetBBoxCenterScale', padding=1.1)
_move = dict(
    type='RandomBBoxTransform',
    shift_factor=0.04,
    shift_prob=1.0,
    scale_factor=(0.93, 1.07),
    rotate_factor=15,
    rotate_prob=1.0,
)

_load, _origin, _, _flip, _, *_train = _base_.train_pipeline
train_pipeline = [_load, _origin, _padding, _flip, _move, *_train]
_, _, _, *_val = _base_.val_pipeline
val_pipeline = [_load, _origin, _padding, *_val]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
