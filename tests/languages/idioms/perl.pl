use strict; use warnings; use feature qw(say state signatures); no warnings 'experimental::signatures';
use List::Util qw(sum0 max first reduce uniq shuffle any);
use POSIX qw(floor);
package Animal { sub new { my ($class, %args) = @_; return bless { name => 'none', %args }, $class } sub name { $_[0]{name} } sub speak { my $self = shift; return $self->name . ' ' . $self->sound } }
package Dog { our @ISA = ('Animal'); sub sound { 'woof' } use overload '""' => sub { "<$_[0]{name}>" }, '==' => sub { $_[0]{name} eq $_[1]{name} }; }
package main;
my ($x, $y) = split ' ', <STDIN>;
say '1 ', $x + $y;
say '2 ', Dog->new(name => 'rex')->speak, ' ', Dog->new(name => 'a');
my @sorted = sort { $b <=> $a } (3, 10, 2);
say "3 @sorted $#sorted $sorted[-1] @sorted[0,1]";
my %count; $count{$_}++ for split //, 'hello';
say '4 ', join ',', map { "$_$count{$_}" } grep { $count{$_} > 1 } sort keys %count;
sub add($p, $q = 5) { return $p + $q }
say '5 ', add(1), ' ', add(1, 2);
my $data = { list => [1, [2, 3]], code => sub { return shift() ** 2 } };
say '6 ', $data->{list}[1][0], ' ', $data->{code}->(5), ' ', scalar @{ $data->{list} };
(my $text = 'a1b22') =~ s/(\d+)/$1 * 2/ge;
say "7 $text ", join '|', 'k=v, x=y' =~ /(\w)=(\w)/g;
if ('2024-05' =~ /^(?<year>\d{4})-(?<month>\d+)$/) { say "8 $+{year} ", $+{month} + 0 }
say '9 ', sum0(1 .. 4), ' ', max(3, 9), ' ', first { $_ > 2 } (1, 5, 9);
say '10 ', reduce { $a * $b } 1 .. 5;
sub counter { state $n = 0; return ++$n } counter();
say '11 ', counter();
my $r = eval { die { code => 7 } }; say "12 $@->{code}" if ref $@;
my ($first, @rest) = (1, 2, 3); ($first, $rest[0]) = ($rest[0], $first);
say "13 $first @rest";
OUTER: for my $i (1 .. 3) { for my $j (1 .. 3) { next OUTER if $j == 2; last OUTER if $i == 3; print "14 $i$j\n" } }
say '15 ', sprintf('%05.1f|%-3s|%03b', 3.14159, 'x', 5), ' ', lc('ABC') . uc 'd';
open my $in, '<', \"one\ntwo\n" or die; my @lines = map { chomp; $_ } <$in>;
say "16 @lines ", scalar @lines;
my @matrix = map { [ map { $_ * 2 } 1 .. 3 ] } 1 .. 2;
say '17 ', join ';', map { join ',', @$_ } @matrix;
my %h = (a => 1, b => 2); my %inverse = reverse %h; delete $h{a};
say '18 ', $inverse{2}, ' ', exists $h{a} ? 1 : 0, ' ', join ',', %h{'b'};
say '19 ', substr('hello', 1, 3), ' ', index('hello', 'l'), ' ', ucfirst(join '', reverse split //, 'abc'), ' ', 'ab' x 2;
my @u = uniq 1, 1, 2; say '20 ', scalar(@u), ' ', floor(-1.5), ' ', 7 % 3, ' ', 2 ** 10, ' ', (any { $_ == 2 } @u) ? 'yes' : 'no', <<~END;
     done
    END
