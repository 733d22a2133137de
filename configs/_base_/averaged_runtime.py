# Channels-last, and with averaged weights, which are those that are tested.
_base_ = ['channels-last_runtime.py']

custom_hooks = [
    *_base_.custom_hooks,
    dict(
        type='EMAHook',
        ema_type='ExponentialMovingAverage',
        momentum=0.002,
        update_buffers=True,
    ),
]
