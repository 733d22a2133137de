# The schedule of the released code: one card, 64 faces, no warm-up. It steps
# its schedule before each epoch, so that the milestones act one epoch earlier
# there.
train_cfg = dict(by_epoch=True, max_epochs=500, val_interval=2)
val_cfg = dict()
test_cfg = dict()

optim_wrapper = dict(
    optimizer=dict(type='SGD', lr=0.01, momentum=0.9, weight_decay=5e-4)
)

param_scheduler = [
    dict(
        type='MultiStepLR',
        begin=0,
        end=500,
        milestones=[200, 350],
        gamma=0.2,
        by_epoch=True,
    ),
]

auto_scale_lr = dict(base_batch_size=64)
