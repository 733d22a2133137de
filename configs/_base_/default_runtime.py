# What every config of ours shares. It imports the plugin, so that
# `mim train mmpose PATH` and MMPose's own tools work with our configs too.
default_scope = 'mmpose'
custom_imports = dict(imports=['mmpose_scgcn'], allow_failed_imports=False)

default_hooks = dict(
    timer=dict(type='IterTimerHook'),
    logger=dict(type='LoggerHook', interval=50),
    param_scheduler=dict(type='ParamSchedulerHook'),
    checkpoint=dict(
        type='CheckpointHook',
        interval=1,
        save_best='NME',
        rule='less',
        max_keep_ckpts=2,
    ),
    sampler_seed=dict(type='DistSamplerSeedHook'),
    visualization=dict(type='PoseVisualizationHook', enable=False),
)

# The check hook stops a run whose model and pipelines do not fit together. The
# graph hook fills in graphs that the config leaves to the training set. With
# the repeatable hook a training is the same again with the same seed, and when
# it was killed and resumed.
custom_hooks = [
    dict(type='mmpose_scgcn.SyncBuffersHook'),
    dict(type='mmpose_scgcn.CheckHook'),
    dict(type='mmpose_scgcn.GraphHook'),
    dict(type='mmpose_scgcn.RepeatableHook'),
]

env_cfg = dict(
    cudnn_benchmark=False,
    mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0),
    dist_cfg=dict(backend='nccl'),
)

vis_backends = [dict(type='LocalVisBackend')]
visualizer = dict(
    type='PoseLocalVisualizer', vis_backends=vis_backends, name='visualizer'
)

log_processor = dict(
    type='LogProcessor', window_size=50, by_epoch=True, num_digits=6
)
log_level = 'INFO'
load_from = None
resume = False
randomness = dict(seed=None, deterministic=False)
