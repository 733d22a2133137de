_base_ = ['adamw_60e.py']
train_cfg = dict(max_epochs=36)
param_scheduler = [
    dict(type='LinearLR', begin=0, end=100, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=36,
        T_max=36,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]
