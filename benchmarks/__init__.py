"""Measurements. What is measured is run: reports that were kept of an earlier run would be no measurement."""

import os

os.environ["MICROCODER_RESULTS_MB"] = "0"
