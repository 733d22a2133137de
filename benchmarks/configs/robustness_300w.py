# What the two networks of the robustness benchmark share: the faces, how they
# are turned and shifted in training, and a given number of iterations.
_base_ = [
    '../../configs/_base_/default_runtime.py',
    '../../configs/_base_/datasets/300w_160x160.py',
]

max_iters = 800
train_cfg = dict(by_epoch=False, max_iters=max_iters, val_interval=max_iters)
val_cfg = dict()
test_cfg = dict()

optim_wrapper = dict(optimizer=dict(type='AdamW', lr=1e-3, weight_decay=0.05))
param_scheduler = [
    dict(type='LinearLR', begin=0, end=50, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=max_iters,
        T_max=max_iters,
        by_epoch=False,
    ),
]

# The last checkpoint is what is tested: nothing is selected.
default_hooks = dict(
    checkpoint=dict(by_epoch=False, interval=100, save_best=None, rule=None),
    logger=dict(interval=20),
)
log_processor = dict(by_epoch=False)
train_dataloader = dict(num_workers=0, persistent_workers=False)
val_dataloader = dict(num_workers=0, persistent_workers=False)
test_dataloader = dict(num_workers=0, persistent_workers=False)
