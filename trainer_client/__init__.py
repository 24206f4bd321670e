"""Speaks HTTP to the evaluator, from any trainer."""
