# YouTube-Faces frames with the 68 points of 300W. There is no official
# validation set: the last checkpoint is tested, nothing selected. To hold
# people out, prepare the frames with --group-pattern '(.+)_' and name the
# validation set here.
_base_ = ['300w_base.py']

data_root = 'data/ytf68/'

dataset = dict(data_root=data_root)
train_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_ytf68_train.json')
)
test_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_ytf68_test.json')
)
val_dataloader = None
val_evaluator = None
