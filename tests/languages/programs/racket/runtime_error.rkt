#lang racket
(car '())
