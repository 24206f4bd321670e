"""Turns submissions into reports. ``grader`` chooses the mode and adds up; ``modes`` has one file for each."""
