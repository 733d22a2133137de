# WFLW as tools/prepare_dataset.py writes it. Selection is on `val`, held out
# of the training faces; the published protocol trains on all of them
# (--cfg-options):
#   train_dataloader.dataset.ann_file=face_landmarks_wflw_trainval.json
_base_ = ['300w_base.py']

dataset_type = 'WFLWDataset'
data_root = 'data/wflw/'

dataset = dict(type=dataset_type, data_root=data_root)
train_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_wflw_train.json')
)
val_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_wflw_val.json')
)
test_dataloader = dict(
    dataset=dict(**dataset, ann_file='face_landmarks_wflw_test.json')
)

# The data set class drops the attributes: they are joined by annotation id.
test_evaluator = dict(
    subsets='wflw', ann_file=data_root + 'face_landmarks_wflw_test.json'
)
