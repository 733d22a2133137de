# Heatmaps of half of the input, decoded below the pixel (DARK).
_base_ = ['300w_cnn6_64x64.py']

codec = dict(
    type='MSRAHeatmap',
    input_size=(64, 64),
    heatmap_size=(32, 32),
    sigma=1.5,
    unbiased=True,
)
train_pipeline = [*_base_.train_pipeline]
train_pipeline[-2] = dict(type='GenerateTarget', encoder=codec)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
model = dict(
    head=dict(
        type='HeatmapHead',
        in_channels=256,
        out_channels=68,
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec,
    ),
    test_cfg=dict(
        _delete_=True, flip_test=True, flip_mode='heatmap', shift_heatmap=True
    ),
)
