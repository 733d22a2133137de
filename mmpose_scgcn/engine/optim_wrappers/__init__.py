from .bfloat16_optim_wrapper import BFloat16OptimWrapper, has_bfloat16_units

__all__ = ['BFloat16OptimWrapper', 'has_bfloat16_units']
