block <- 1.5
repeat block <- c(block, block)
