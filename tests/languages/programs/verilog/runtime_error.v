module main;
  initial $fatal(1, "no");
endmodule
