# Heatmaps of a quarter of the input, as in the model zoo, decoded below their
# pixel (DARK), which is four of the input.
_base_ = ['300w_cnn6_64x64.py']

codec = dict(
    type='MSRAHeatmap',
    input_size=(64, 64),
    heatmap_size=(16, 16),
    sigma=1,
    unbiased=True,
    blur_kernel_size=5,
)
train_pipeline = [*_base_.train_pipeline]
train_pipeline[-2] = dict(type='GenerateTarget', encoder=codec)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
model = dict(
    head=dict(
        type='HeatmapHead',
        in_channels=256,
        out_channels=68,
        deconv_out_channels=(256, 256),
        deconv_kernel_sizes=(4, 4),
        loss=dict(type='KeypointMSELoss', use_target_weight=True),
        decoder=codec,
    ),
    test_cfg=dict(
        _delete_=True, flip_test=True, flip_mode='heatmap', shift_heatmap=True
    ),
)
