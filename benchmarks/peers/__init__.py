"""Other evaluators, to compare with: installed from their packages without what they depend on, run in our jail."""
