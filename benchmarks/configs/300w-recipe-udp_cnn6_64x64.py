# 300w-recipe_cnn6_64x64.py with crops as UDP's heatmaps need them: corner
# pixels go to corner pixels, so that maps of any size agree with their flips.
_base_ = ['300w-recipe_cnn6_64x64.py']

train_pipeline = [
    dict(step, use_udp=True) if step['type'] == 'TopdownAffine' else step
    for step in _base_.train_pipeline
]
val_pipeline = [
    dict(step, use_udp=True) if step['type'] == 'TopdownAffine' else step
    for step in _base_.val_pipeline
]
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=val_pipeline))
