"""Rewards from reports: ``shapes`` turns a report into a number; one module for each trainer does the rest.

Only ``skyrl`` imports its trainer, whose class it extends. What all have in common:

- The model's whole text is graded; the service finds the program in it.
- A data set's row says what to test by a column ``suite`` (a suite, or another shape that ``trainer_client.suites``
  knows, as dict or JSON text), or ``suite_id`` (of a suite stored at the service).
- A program that was not judged (``judge_error``, or a service that cannot be reached) never gets a 0 in silence.
  ``on_error`` says what it gets; each module says what its trainer can bear.
- ``min_bits`` withholds rewards of suites of mode program that prove too little (``Report.trust``): below it a program
  counts as not judged, accepted or not. By default 0: nothing is withheld, and ``weak_suite`` or the metric
  ``weak_suites`` says how many rewards rest on such suites.
- The service is found by ``MICROCODER_URL`` and ``MICROCODER_API_KEY``.
"""
