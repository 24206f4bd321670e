module main;
  integer i = 0;
  initial while (1) i = i + 1;
endmodule
