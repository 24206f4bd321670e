package main

import "os"

func main() {
	var none []int
	println(none[len(os.Args)])
}
