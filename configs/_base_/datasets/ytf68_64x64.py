# YouTube-Faces frames with 300W's 68 points, at CPU scale. There is no official
# validation set, so nothing is selected: the last checkpoint is tested, once.
# To hold people out, prepare the frames with --group-pattern '(.+)_' and name
# the validation set here.
_base_ = ['300w_64x64.py']

data_root = 'data/ytf68/'

train_dataloader = dict(
    dataset=dict(
        data_root=data_root, ann_file='face_landmarks_ytf68_train.json'
    )
)
test_dataloader = dict(
    dataset=dict(
        data_root=data_root, ann_file='face_landmarks_ytf68_test.json'
    )
)
val_dataloader = None
val_evaluator = None
