# COFW as tools/prepare_dataset.py writes it. Selection is on `val`, held out
# of the training faces; the published protocol trains on all of them
# (--cfg-options):
#   train_dataloader.dataset.ann_file=face_landmarks_cofw_trainval.json
_base_ = ['300w_base.py']

dataset_type = 'COFWDataset'
data_root = 'data/cofw/'

dataset = dict(type=dataset_type, data_root=data_root)
train_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_cofw_train.json')
)
val_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_cofw_val.json')
)
test_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_cofw_test.json')
)

# Errors of visible and of occluded keypoints too.
test_evaluator = dict(split_occluded=True)
