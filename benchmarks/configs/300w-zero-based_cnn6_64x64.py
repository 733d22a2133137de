# The network of 300w_cnn6_64x64.py on keypoints that count from 0: those of
# the annotation files count from 1, as their tool did. For files of
# tools/prepare_dataset.py, which counts from 0, `origin` is 0.
_base_ = ['300w_cnn6_64x64.py']

_shift = dict(type='mmpose_scgcn.ShiftKeypointOrigin', origin=1)
_train, _val = _base_.train_pipeline, _base_.val_pipeline
train_pipeline = [_train[0], _shift, *_train[1:]]
val_pipeline = [_val[0], _shift, *_val[1:]]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
