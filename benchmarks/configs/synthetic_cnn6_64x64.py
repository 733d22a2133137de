# The network of 300w_cnn6_64x64.py on synthetic faces, whose 98 points give
# the 68 of 300W; real faces only select (`val`).
#
# python tools/make_synthetic_faces.py data/synthetic_faces_6000 --train 6000 \
#     --val 1 --test 1 --size 128 --seed 100
_base_ = ['300w_cnn6_64x64.py']

max_iters = 2500
interval = 500
train_cfg = dict(max_iters=max_iters, val_interval=interval)
_warm_up, _decay = _base_.param_scheduler
param_scheduler = [_warm_up, dict(_decay, end=max_iters, T_max=max_iters)]
default_hooks = dict(checkpoint=dict(interval=interval))

# WFLW's points: of the contour every second one, of the brows the upper
# edge, of the eyes all but the middles of the lids and the pupils.
_points = [*range(0, 33, 2), *range(33, 38), *range(42, 47), *range(51, 60)]
_points += [60, 61, 63, 64, 65, 67, 68, 69, 71, 72, 73, 75, *range(76, 96)]
_load, _origin, _box, _flip, *_rest = _base_.train_pipeline
_convert = dict(
    type='KeypointConverter',
    num_keypoints=68,
    mapping=[(source, k) for k, source in enumerate(_points)],
)
_colours = dict(type='PhotometricDistortion')
train_pipeline = [_load, _box, _flip, _convert, *_rest[:-2], _colours]
train_pipeline += _rest[-2:]
train_dataloader = dict(
    dataset=dict(
        type='WFLWDataset',
        data_root='data/synthetic_faces_6000/',
        ann_file='face_landmarks_wflw_train.json',
        pipeline=train_pipeline,
    )
)
