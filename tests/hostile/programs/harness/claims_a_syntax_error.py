# verdict: runtime_error
raise SyntaxError("the judge is wrong")
