#lang racket
(displayln (apply + (map string->number (string-split (read-line)))))
