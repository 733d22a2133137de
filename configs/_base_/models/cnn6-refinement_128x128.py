# A small backbone for a CPU and the refinement head: 128 px in, heatmaps of
# 64 x 64. The config adds keypoints and decoder.
_base_ = ['cnn6_64x64.py']

_penalty = dict(type='mmpose_scgcn.L1Loss')
_input_size = (128, 128)

model = dict(
    backbone=dict(widths=(32, 48, 64, 128, 256), out_indices=(0, 1, 2, 3, 4)),
    head=dict(
        type='mmpose_scgcn.GraphRefinementHead',
        in_channels=(32, 48, 64, 128, 256),
        in_featuremap_size=(64, 64),
        pyramid_channels=(48, 64, 128, 128, 128),
        loss=dict(
            type='mmpose_scgcn.StructureCoherentLoss',
            input_size=_input_size,
            use_target_weight=True,
            absolute=_penalty,
            relative=dict(
                type='mmpose_scgcn.RelativeLocationLoss', penalty=_penalty
            ),
        ),
    ),
)
