# The network of 300w_cnn6_64x64.py on training faces as the refinement head
# has them. Keypoints count from 0: those of the annotation files count from
# 1, as their tool did (for files of tools/prepare_dataset.py, which counts
# from 0, `origin` is 0). Boxes are moved less.
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
