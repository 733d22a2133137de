"""Data samplers."""

from .pose_balanced_sampler import PoseBalancedSampler

__all__ = ['PoseBalancedSampler']
