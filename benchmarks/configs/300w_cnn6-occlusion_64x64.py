# Trained on faces half of which are covered by a rectangle.
_base_ = ['300w_cnn6_64x64.py']

train_pipeline = [*_base_.train_pipeline]
train_pipeline.insert(-2, dict(type='mmpose_scgcn.RandomOcclusion'))
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
