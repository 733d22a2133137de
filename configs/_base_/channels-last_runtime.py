# With convolutions in the order that is fastest on a CPU.
_base_ = ['default_runtime.py']

custom_hooks = [
    *_base_.custom_hooks,
    dict(type='mmpose_scgcn.ChannelsLastHook'),
]
