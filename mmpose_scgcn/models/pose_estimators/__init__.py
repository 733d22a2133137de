from .two_stage_estimator import TwoStageEstimator

__all__ = ['TwoStageEstimator']
