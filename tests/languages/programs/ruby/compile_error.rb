puts "before the fault"
def broken(
