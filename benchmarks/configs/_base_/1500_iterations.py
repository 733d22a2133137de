# A given number of iterations, whatever the length of an epoch.
_base_ = ['../../../configs/_base_/default_runtime.py']

max_iters = 1500
interval = 500
train_cfg = dict(by_epoch=False, max_iters=max_iters, val_interval=interval)
val_cfg = dict()
test_cfg = dict()

optim_wrapper = dict(optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.05))
# In shares of the length, so that a shorter search has the same shape.
param_scheduler = [
    dict(type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=max_iters,
        T_max=max_iters,
        by_epoch=False,
    ),
]

default_hooks = dict(
    checkpoint=dict(by_epoch=False, interval=interval, max_keep_ckpts=1),
    logger=dict(interval=100),
)
log_processor = dict(by_epoch=False)
