# The faces of 300w_128x128.py at 64 px.
_base_ = ['300w_128x128.py']

codec = dict(type='RegressionLabel', input_size=(64, 64))
_crop = dict(type='TopdownAffine', input_size=codec['input_size'])

train_pipeline = [
    *_base_.train_pipeline[:5],
    _crop,
    *_base_.train_pipeline[6:-2],
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    *_base_.val_pipeline[:-2],
    _crop,
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
