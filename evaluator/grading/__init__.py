"""Turns submissions into reports. One file per mode; ``grader`` chooses."""
