# The settings of the authors' released code: ResNet-34 from scratch, static
# learned adjacency with batch norm, SGD, pose balancing, rotation and shift
# always on, occlusion, BGR crops of mean 0 and variance 1, no flip test.
#
# python tools/train.py td-reg_res34-scgcn-authors_1xb64-500e_wflw-256x256
#
# What is not as there: the neighbours are those of the training set, directed
# (theirs a file, symmetrised); offsets start at the mean shape; poses are told
# from aligned shapes and bins end level (theirs from raw coordinates, with
# repeats rounded to whole ones); crops are made
# from the annotations' boxes (theirs by PFLD's preparation) with a black
# border (theirs grey); the checkpoint is chosen on `val` (theirs on test).
_base_ = [
    '../../../_base_/default_runtime.py',
    '../../../_base_/schedules/sgd_500e.py',
    '../../../_base_/datasets/wflw-authors_256x256.py',
]

# Theirs gives pixels, ours fractions of the crop: a step of SGD that moves the
# output as far is 256 squared times smaller, and decays no less for that.
optim_wrapper = dict(
    paramwise_cfg=dict(
        custom_keys={
            'relation.out': dict(lr_mult=256.0**-2, decay_mult=256.0**2)
        }
    )
)

model = dict(
    type='TopdownPoseEstimator',
    # The pipeline standardises each crop.
    data_preprocessor=dict(type='PoseDataPreprocessor'),
    backbone=dict(type='ResNet', depth=34),  # Kaiming, fan out
    head=dict(
        type='mmpose_scgcn.GraphRelationalHead',
        in_channels=512,
        in_featuremap_size=(8, 8),
        num_keypoints=98,
        adjacency='learned',
        norm='batch',
        decoder=_base_.codec,
    ),
    test_cfg=dict(flip_test=False),
)
