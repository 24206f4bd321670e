SELECT sum(value) FROM numbers;
