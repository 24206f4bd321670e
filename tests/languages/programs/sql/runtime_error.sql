SELECT absent FROM numbers;
