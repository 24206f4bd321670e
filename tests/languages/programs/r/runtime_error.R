stop("here")
