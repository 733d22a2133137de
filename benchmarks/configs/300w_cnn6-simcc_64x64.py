# SimCC as in RTMPose: two bins for a pixel, of 64 px here, and a sigma that is
# the root of an eighth of the input.
_base_ = ['300w_cnn6_64x64.py']

codec = dict(
    type='SimCCLabel',
    input_size=(64, 64),
    sigma=(2.83, 2.83),
    simcc_split_ratio=2.0,
    normalize=False,
    use_dark=False,
)
train_pipeline = [*_base_.train_pipeline]
train_pipeline[-2] = dict(type='GenerateTarget', encoder=codec)
train_dataloader = dict(dataset=dict(pipeline=train_pipeline))
model = dict(
    head=dict(
        type='RTMCCHead',
        in_channels=256,
        out_channels=68,
        input_size=codec['input_size'],
        in_featuremap_size=(4, 4),
        simcc_split_ratio=codec['simcc_split_ratio'],
        final_layer_kernel_size=7,
        gau_cfg=dict(
            hidden_dims=256,
            s=128,
            expansion_factor=2,
            dropout_rate=0.0,
            drop_path=0.0,
            act_fn='SiLU',
            use_rel_bias=False,
            pos_enc=False,
        ),
        loss=dict(
            type='KLDiscretLoss',
            use_target_weight=True,
            beta=10.0,
            label_softmax=True,
        ),
        decoder=codec,
    ),
    test_cfg=dict(_delete_=True, flip_test=True),
)
