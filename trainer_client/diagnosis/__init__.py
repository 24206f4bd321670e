"""Metrics and alarms of a run, from any trainer's rollouts. docs/diagnose.md has the table of findings behind them.

    rollouts         completions with lengths, rewards and verdicts, in groups, step by step
    pressure         the force on length that advantages and the truncation mask exert, in closed form
    metrics          one step's figures
    trends           means, slopes and tests over several steps
    alarms           the rules that warn
    monitor          follows a run and raises them
    stages           the rules that ask for a longer context or another temperature
    live             the same inside TRL, as a callback
    formats          logs of trainers as rows
    sources          files and folders, read once or followed
    page             a run as one HTML page

``live`` needs transformers, and TRL's tables of completions need pyarrow; the others need nothing but the client.
"""
