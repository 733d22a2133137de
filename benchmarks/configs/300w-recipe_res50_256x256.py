# 300w_res50_256x256.py on keypoints that count from 0, as in
# 300w-recipe_cnn6_64x64.py; its boxes are moved as they were.
_base_ = ['300w_res50_256x256.py']

_shift = dict(type='mmpose_scgcn.ShiftKeypointOrigin', origin=1)
_load, *_rest = _base_.train_pipeline
train_pipeline = [_load, _shift, *_rest]
_load, *_rest = _base_.val_pipeline
val_pipeline = [_load, _shift, *_rest]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
