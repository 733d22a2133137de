# The expectation over a heatmap of a quarter of the input.
_base_ = ['300w_cnn6_64x64.py']

codec = dict(
    type='IntegralRegressionLabel',
    input_size=(64, 64),
    heatmap_size=(16, 16),
    sigma=1.0,
    normalize=True,
)
train_pipeline = [*_base_.train_pipeline]
train_pipeline[-2] = dict(type='GenerateTarget', encoder=codec)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
model = dict(
    head=dict(
        type='IntegralRegressionHead',
        in_channels=256,
        in_featuremap_size=(4, 4),
        num_joints=68,
        deconv_out_channels=(256, 256),
        deconv_kernel_sizes=(4, 4),
        decoder=codec,
    ),
    test_cfg=dict(flip_test=True, shift_coords=True, shift_heatmap=True),
)
