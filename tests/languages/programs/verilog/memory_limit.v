module main;
  int blocks[$];
  initial while (1) blocks.push_back(1);
endmodule
