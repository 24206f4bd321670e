program compile_error
  implicit none
  sum = '42'
end program compile_error
