# AFLW as tools/prepare_dataset.py writes it. Selection is on `val`, held out
# of the training faces; the published protocol trains on all of them
# (--cfg-options):
#   train_dataloader.dataset.ann_file=face_landmarks_aflw_trainval.json
_base_ = ['300w_base.py']

dataset_type = 'AFLWDataset'
data_root = 'data/aflw/'

dataset = dict(type=dataset_type, data_root=data_root)
train_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_aflw_train.json')
)
val_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_aflw_val.json')
)
test_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_aflw_test.json')
)

# Divided by the longer side of the set's own face box.
val_evaluator = dict(norm='box_size')
test_evaluator = dict(norm='box_size')
