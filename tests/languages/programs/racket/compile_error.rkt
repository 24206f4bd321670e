#lang racket
(displayln "before the fault"
