print("before the fault")
function broken(
