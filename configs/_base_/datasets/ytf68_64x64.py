# YouTube-Faces frames at CPU scale.
_base_ = ['ytf68_base.py', '../pipelines/64x64.py']

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
