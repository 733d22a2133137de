# 300w_res50_256x256.py on keypoints that count from 0; see
# 300w-zero-based_cnn6_64x64.py.
_base_ = ['300w_res50_256x256.py']

_shift = dict(type='mmpose_scgcn.ShiftKeypointOrigin', origin=1)
_train, _val = _base_.train_pipeline, _base_.val_pipeline
train_pipeline = [_train[0], _shift, *_train[1:]]
val_pipeline = [_val[0], _shift, *_val[1:]]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
