die "of old age";
