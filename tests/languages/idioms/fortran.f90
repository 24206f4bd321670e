module shapes
  implicit none
  integer, parameter :: dp = kind(1.0d0)
  type, abstract :: shape
  contains
    procedure(area_of), deferred :: area
  end type
  abstract interface
    function area_of(self) result(a)
      import :: shape, dp
      class(shape), intent(in) :: self
      real(dp) :: a
    end function
  end interface
  type, extends(shape) :: box
    real(dp) :: w = 1, h = 1
  contains
    procedure :: area => box_area
  end type
  type :: point
    integer :: x, y
  end type
  interface operator(+)
    module procedure add_points
  end interface
  interface largest
    module procedure largest_int, largest_real
  end interface
contains
  function box_area(self) result(a)
    class(box), intent(in) :: self
    real(dp) :: a
    a = self%w * self%h
  end function
  pure function add_points(a, b) result(c)
    type(point), intent(in) :: a, b
    type(point) :: c
    c = point(a%x + b%x, a%y + b%y)
  end function
  pure integer function largest_int(v)
    integer, intent(in) :: v(:)
    largest_int = maxval(v)
  end function
  pure real(dp) function largest_real(v)
    real(dp), intent(in) :: v(:)
    largest_real = maxval(v)
  end function
  recursive function fact(n) result(f)
    integer(8), intent(in) :: n
    integer(8) :: f
    f = 1
    if (n > 1) f = n * fact(n - 1)
  end function
  elemental integer function twice(n)
    integer, intent(in) :: n
    twice = 2 * n
  end function
  subroutine swap(a, b)
    integer, intent(inout) :: a, b
    integer :: t
    t = a; a = b; b = t
  end subroutine
  subroutine greet(name, greeting, text)
    character(*), intent(in) :: name
    character(*), intent(in), optional :: greeting
    character(:), allocatable, intent(out) :: text
    if (present(greeting)) then
      text = greeting // ' ' // name
    else
      text = 'hi ' // name
    end if
  end subroutine
end module

program idioms
  use shapes
  use, intrinsic :: iso_fortran_env, only: int64
  implicit none
  type :: node
    integer :: value
    type(node), pointer :: next => null()
  end type
  integer :: a, b, i, j, status
  integer, allocatable :: numbers(:), grid(:, :)
  class(shape), allocatable :: s
  type(point) :: p
  type(node), pointer :: head, item
  character(:), allocatable :: text
  character(20) :: buffer
  real(dp) :: x
  logical :: prime(30)

  read (*, *) a, b
  print '(a, i0)', '1 ', a + b
  numbers = [5, 3, 8]
  numbers = [numbers, 1]
  print '(a, *(i0, 1x))', '2 ', numbers
  allocate (s, source=box(2.0_dp, 3.0_dp))
  print '(a, f0.1)', '3 ', s%area()
  p = point(1, 2) + point(3, 4)
  print '(a, i0, 1x, i0)', '4 ', p%x, p%y
  print '(a, i0, 1x, f0.2)', '5 ', largest(numbers), largest([1.5_dp, 2.5_dp])
  print '(a, *(i0, 1x))', '6 ', twice(numbers)
  call swap(a, b)
  print '(a, i0, 1x, i0)', '7 ', a, b
  call greet('Ann', text=text)
  print '(a, a)', '8 ', text
  call greet('Bob', 'yo', text)
  print '(a, a, 1x, i0)', '9 ', text, len(text)
  allocate (grid(2, 3), source=0)
  grid(2, :) = [1, 2, 3]
  print '(a, i0, 1x, *(i0, 1x))', '10 ', sum(grid), shape_of(grid)
  print '(a, *(i0, 1x))', '11 ', matmul(reshape([1, 2, 3, 4], [2, 2]), [1, 1])
  print '(a, *(i0, 1x))', '12 ', pack(numbers, mod(numbers, 2) == 1), count(numbers > 2)
  prime = .true.
  prime(1) = .false.
  do i = 2, 5
    if (prime(i)) prime(i*i:30:i) = .false.
  end do
  print '(a, *(i0, 1x))', '13 ', pack([(i, i=1, 30)], prime)
  outer: do i = 1, 5
    do j = 1, 5
      if (i * j == 12) exit outer
      if (j > i) cycle outer
    end do
  end do outer
  print '(a, i0, i0)', '14 ', i, j
  select case (a)
  case (:9)
    print '(a)', '15 small'
  case (25, 30:40)
    print '(a)', '15 known'
  case default
    print '(a)', '15 other'
  end select
  write (buffer, '(i5.5)') 42
  read (buffer, *, iostat=status) x
  print '(a, a, 1x, f0.1, 1x, i0)', '16 ', trim(buffer), x, status
  read (text, *, iostat=status) i
  print '(a, l1)', '17 ', status /= 0
  nullify (head)
  do i = 1, 3
    allocate (item)
    item = node(i, head)
    head => item
  end do
  write (*, '(a)', advance='no') '18'
  do while (associated(head))
    write (*, '(1x, i0)', advance='no') head%value
    item => head
    head => head%next
    deallocate (item)
  end do
  print *
  associate (m => sqrt(16.0_dp))
    print '(a, f0.2, 1x, i0, 1x, i0)', '19 ', m, ieor(5, 3), shiftl(1, 10)
  end associate
  block
    integer(int64) :: big
    big = fact(15_int64)
    print '(a, i0, 1x, a, 1x, i0)', '20 ', big, adjustl('  left'), index('hello', 'l')
  end block
contains
  pure function shape_of(g) result(n)
    integer, intent(in) :: g(:, :)
    integer :: n(2)
    n = [size(g, 1), size(g, 2)]
  end function
end program
