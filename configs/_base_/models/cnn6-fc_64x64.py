# CNN-6 and the fully connected head of the Wing loss paper: 64 px in. The
# config adds keypoints, loss and decoder.
_base_ = ['cnn6_64x64.py']

model = dict(
    # Five stages, as in the paper; batch norm is ours.
    backbone=dict(widths=(32, 64, 128, 256, 512)),
    head=dict(
        type='mmpose_scgcn.FullyConnectedHead',
        in_channels=512,
        in_featuremap_size=(2, 2),
    ),
)
