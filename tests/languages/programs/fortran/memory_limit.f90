program memory_limit
  implicit none
  type :: block
    integer, allocatable :: numbers(:)
  end type block
  type(block) :: blocks(100000)
  integer :: i
  do i = 1, size(blocks)
    allocate (blocks(i)%numbers(262144))
    blocks(i)%numbers = i
  end do
  print *, sum(blocks(7)%numbers)
end program memory_limit
