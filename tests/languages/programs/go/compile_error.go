package main

func main() {
	var sum int = "42"
}
