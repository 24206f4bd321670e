block=$(printf 'x%.0s' {1..1000})
while :; do block=$block$block; done
