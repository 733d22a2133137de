# The network of 300w_cnn6_64x64.py on training faces as the refinement head
# has them. Keypoints are moved by a pixel, since those of 300W lie too far
# right ("Files that count pixels from 1" in docs/data_sets.md). Boxes are
# moved less.
_base_ = ['300w_cnn6_64x64.py']

_shift = dict(type='mmpose_scgcn.ShiftKeypointOrigin', origin=1)
_less = dict(shift_factor=0.04, scale_factor=(0.93, 1.07), rotate_factor=15)
_load, *_rest = _base_.train_pipeline
train_pipeline = [
    _load,
    _shift,
    *(
        {**step, **_less} if step['type'] == 'RandomBBoxTransform' else step
        for step in _rest
    ),
]
_load, *_rest = _base_.val_pipeline
val_pipeline = [_load, _shift, *_rest]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
