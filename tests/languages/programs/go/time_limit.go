package main

func main() {
	for turns := 0; ; turns++ {
	}
}
