# As many draws as 60 epochs of 300W, for epochs that pose balancing makes 2.2
# times longer.
_base_ = ['adamw_60e.py']

train_cfg = dict(max_epochs=27, val_interval=3)
param_scheduler = [
    dict(type='LinearLR', begin=0, end=200, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=27,
        T_max=27,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]
