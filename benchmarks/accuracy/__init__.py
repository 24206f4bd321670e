"""Do our verdicts agree with labels that others gave? Real programs, a confusion matrix, every miss by name."""
