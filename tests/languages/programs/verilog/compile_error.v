module main;
  initial $display("x"
endmodule
