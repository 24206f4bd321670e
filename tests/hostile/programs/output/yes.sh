# verdict: output_limit_exceeded
yes | cat
