"""The hook that lays out convolutions for speed."""

from mmpose_scgcn.registry import HOOKS

import torch
from mmengine.hooks import Hook
from mmengine.model import is_model_wrapper
from mmengine.runner import Runner


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Keep the weights of convolutions, and so their maps, channels last.

    Convolutions are faster in this order on a CPU and, in half precision, on
    a GPU; ``benchmarks/bench_training_steps.py`` measures it. Results differ
    by rounding; checkpoints are the same in either order.

    A model that is wrapped for several processes is left as it is: its
    gradients have been laid out already.
    """

    # Before hooks that copy the model, such as EMAHook.
    priority = 'VERY_HIGH'

    def before_run(self, runner: Runner) -> None:
        """Change the order of the model's weights."""
        if is_model_wrapper(runner.model):
            runner.logger.info('ChannelsLastHook: a wrapped model, left alone')
            return
        runner.model.to(memory_format=torch.channels_last)
