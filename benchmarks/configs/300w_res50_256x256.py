# 300W at GPU scale: ResNet-50 at 256 px from scratch, with the zoo's 210
# epochs counted in iterations. What is tested is the best of ten validations.
# The benchmark adds head, learning rate and seed.
_base_ = [
    '../../configs/_base_/default_runtime.py',
    '../../configs/_base_/datasets/300w_256x256.py',
    '../../configs/_base_/models/res50_256x256.py',
]

max_iters = 5880
interval = 588
train_cfg = dict(by_epoch=False, max_iters=max_iters, val_interval=interval)
val_cfg = dict()
test_cfg = dict()

optim_wrapper = dict(optimizer=dict(type='Adam', lr=5e-4))
param_scheduler = [
    dict(
        type='LinearLR', begin=0, end=500, start_factor=0.001, by_epoch=False
    ),
    dict(
        type='MultiStepLR',
        begin=0,
        end=max_iters,
        milestones=[4760, 5600],
        gamma=0.1,
        by_epoch=False,
    ),
]

model = dict(backbone=dict(init_cfg=None))

default_hooks = dict(
    checkpoint=dict(by_epoch=False, interval=interval, max_keep_ckpts=1),
    logger=dict(interval=100),
)
log_processor = dict(by_epoch=False)
env_cfg = dict(cudnn_benchmark=True)
train_dataloader = dict(num_workers=8)
