# WFLW with boxes, augmentation and batches of MMPose's zoo.
_base_ = ['wflw_base.py', '../pipelines/256x256.py']

train_dataloader = dict(
    batch_size=64,
    num_workers=2,
    drop_last=False,
    dataset=dict(pipeline=_base_.train_pipeline),
)
val_dataloader = dict(
    batch_size=32, num_workers=2, dataset=dict(pipeline=_base_.val_pipeline)
)
test_dataloader = dict(
    batch_size=32, num_workers=2, dataset=dict(pipeline=_base_.val_pipeline)
)
