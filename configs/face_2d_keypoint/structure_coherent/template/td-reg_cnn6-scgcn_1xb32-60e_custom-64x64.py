# Structure-coherent head on keypoints of your own: docs/own_keypoints.md says
# how a table of them becomes `data/faces`. Copy this file, or inherit from it
# and override what differs.
#
# python tools/train.py td-reg_cnn6-scgcn_1xb32-60e_custom-64x64
_base_ = ['../300w/td-reg_cnn6-scgcn_1xb32-60e_300w-64x64.py']

# As `prepare_dataset.py csv TABLE data/faces --name faces` was told.
data_root = 'data/faces/'
ann_file = 'face_landmarks_faces_{}.json'
num_keypoints = 68
# Two keypoints, or groups of keypoints, whose distance errors are divided by.
norm = ((36,), (45,))

dataset_type = 'CocoDataset'
dataset = dict(
    type=dataset_type,
    data_root=data_root,
    metainfo=dict(from_file=data_root + 'metainfo.py'),
)
train_dataloader = dict(
    drop_last=False,  # the last batch of a small set may be all there is
    dataset=dict(ann_file=ann_file.format('train'), **dataset),
)
val_dataloader = dict(dataset=dict(ann_file=ann_file.format('val'), **dataset))
test_dataloader = dict(
    dataset=dict(ann_file=ann_file.format('test'), **dataset)
)

model = dict(head=dict(num_keypoints=num_keypoints))

val_evaluator = dict(norm=norm)
test_evaluator = dict(norm=norm)
