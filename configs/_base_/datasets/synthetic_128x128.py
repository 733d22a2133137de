# Procedural faces with the 98 WFLW points at 128 px, for faces in photos:
# boxes move as a face detector's do, rectangles cover some faces, and pictures
# lose colour and quality as those of real cameras do. Random filters change
# their textures.
#
# python tools/make_synthetic_faces.py data/synthetic_faces_20000 \
#     --train 20000 --val 300 --test 300 --size 160 --seed 200
_base_ = ['synthetic_base.py']

codec = dict(type='RegressionLabel', input_size=(128, 128))
data_root = 'data/synthetic_faces_20000/'

train_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='RandomFlip', direction='horizontal'),
    dict(
        type='RandomBBoxTransform',
        shift_factor=0.06,
        shift_prob=1.0,
        scale_factor=(0.9, 1.1),
        rotate_factor=20,
        rotate_prob=1.0,
    ),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PhotometricDistortion'),
    dict(type='mmpose_scgcn.RandomConvolution'),
    dict(type='mmpose_scgcn.RandomOcclusion', prob=0.25),
    dict(type='mmpose_scgcn.RandomDegradation'),
    dict(type='GenerateTarget', encoder=codec),
    dict(type='PackPoseInputs'),
]
val_pipeline = [
    dict(type='mmpose_scgcn.LoadFaceImage'),
    dict(type='GetBBoxCenterScale'),
    dict(type='TopdownAffine', input_size=codec['input_size']),
    dict(type='PackPoseInputs'),
]
train_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=train_pipeline)
)
val_dataloader = dict(dataset=dict(data_root=data_root, pipeline=val_pipeline))
test_dataloader = dict(
    dataset=dict(data_root=data_root, pipeline=val_pipeline)
)
