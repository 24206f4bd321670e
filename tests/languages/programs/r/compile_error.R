cat("before the fault")
broken <- function( {
