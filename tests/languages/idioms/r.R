numbers <- scan(file("stdin"), quiet = TRUE)
cat("1", sum(numbers), "\n")
square <- \(n) n^2
cat("2", c(1, 2, 3) |> square() |> sum(), "\n")
counts <- table(c("a", "b", "a"))
for (key in names(counts)) cat("3", key, counts[[key]], "\n")
people <- data.frame(name = c("Ann", "Bob", "Cy"), age = c(30, 25, 41), stringsAsFactors = FALSE)
cat("4", people[order(people$age), "name"], "\n")
cat("5", with(subset(people, age > 26), mean(age)), "\n")
shape <- function(w, h) structure(list(w = w, h = h), class = "box")
area <- function(s) UseMethod("area")
area.box <- function(s) s$w * s$h
print.box <- function(x, ...) cat("6 box", area(x), "\n")
print(shape(2, 3))
outcome <- tryCatch(stop("no"), error = function(e) conditionMessage(e), finally = cat("7 "))
cat(outcome, "\n")
counter <- function() { n <- 0; function() { n <<- n + 1; n } }
bump <- counter()
bump()
cat("8", bump(), "\n")
m <- matrix(1:6, nrow = 2, byrow = TRUE)
cat("9", m %*% t(m), dim(m), apply(m, 1, sum), "\n")
cat("10", sapply(list(1:3, 4:6), sum), vapply(c("x", "yy"), nchar, integer(1)), "\n")
cat("11", Reduce(`+`, 1:5, accumulate = TRUE), Filter(function(n) n %% 2 == 0, 1:6), "\n")
cat(sprintf("12 %.2f|%5d|%-5s|%05d\n", pi, 42L, "ab", 7L))
words <- strsplit("the quick fox", " ")[[1]]
cat("13", toupper(substr(words, 1, 1)), rev(words), paste0(words, collapse = "-"), "\n")
cat("14", gsub("[0-9]+", "#", "a1b22"), grepl("b", "abc", fixed = TRUE), regmatches("a1b22", gregexpr("[0-9]+", "a1b22"))[[1]], "\n")
fact <- function(n, acc = 1) if (n < 2) acc else Recall(n - 1, acc * n)
cat("15", fact(10), choose(5, 2), 17 %/% 5, 17 %% 5, bitwXor(5L, 3L), "\n")
total <- function(...) { args <- list(...); do.call(sum, args) }
cat("16", total(1, 2, 3), "\n")
kind <- switch("b", a = "first", b = , c = "later", "other")
cat("17", kind, ifelse(c(1, 5) > 2, "big", "small"), "\n")
Stack <- setRefClass("Stack", fields = list(items = "list"), methods = list(
  push = function(x) { items[[length(items) + 1]] <<- x },
  pop = function() { top <- items[[length(items)]]; items[[length(items)]] <<- NULL; top }
))
s <- Stack$new()
s$push(1); s$push("two")
cat("18", s$pop(), length(s$items), "\n")
env <- new.env()
assign("key", 5, envir = env)
n <- 0
repeat { n <- n + 1; if (n == 3) next; if (n > 4) break }
cat("19", get("key", envir = env), exists("none", envir = env), n, seq(2, 10, by = 4), which.max(c(3, 9, 2)), "\n")
cat("20", unlist(lapply(split(people$age, people$age > 28), max)), outer(1:2, 1:2), cumsum(1:3), is.na(NA), format(1234567, big.mark = ","), "\n")
