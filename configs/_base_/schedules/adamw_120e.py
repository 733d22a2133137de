_base_ = ['adamw_60e.py']
train_cfg = dict(max_epochs=120)
param_scheduler = [
    dict(type='LinearLR', begin=0, end=200, start_factor=0.01, by_epoch=False),
    dict(
        type='CosineAnnealingLR',
        begin=0,
        end=120,
        T_max=120,
        by_epoch=True,
        convert_to_iter_based=True,
    ),
]
