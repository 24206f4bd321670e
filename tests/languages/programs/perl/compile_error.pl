print "before the fault";
sub broken {
