package tools;
  typedef enum logic [1:0] {IDLE, RUN, DONE} state_t;
  typedef struct packed { logic [7:0] x; logic [7:0] y; } point_t;
  function automatic int fact(input int n);
    fact = 1;
    for (int i = 2; i <= n; i++) fact = fact * i;
  endfunction
endpackage

module adder #(parameter WIDTH = 8) (input logic [WIDTH-1:0] a, b, output logic [WIDTH:0] sum);
  assign sum = a + b;
endmodule

module counter (input logic clk, reset, output logic [3:0] n);
  always_ff @(posedge clk or posedge reset)
    if (reset) n <= 0; else n <= n + 1;
endmodule

module main;
  import tools::*;
  localparam int LIMIT = 4;
  int a, b, total, got;
  logic clk = 0, reset = 1;
  logic [3:0] n;
  logic [7:0] left = 200, right = 100;
  logic [8:0] sum;
  logic [7:0] memory [0:3];
  int queue[$];
  string text;
  state_t state;
  point_t p;
  real r;
  logic [7:0] lanes;
  adder #(.WIDTH(8)) add (.a(left), .b(right), .sum(sum));
  counter count (.clk, .reset, .n);
  genvar g;
  generate for (g = 0; g < 8; g = g + 1) begin : lane
    assign lanes[g] = left[7 - g];
  end endgenerate
  always_comb total = a + b;
  always #1 clk = ~clk;

  task automatic show(input string name, input int value);
    $display("%s %0d", name, value);
  endtask

  initial begin
    got = $fscanf(32'h8000_0000, "%d %d", a, b);
    #1 show("1", total);
    $display("2 %0d", fact(10));
    $display("3 %0d", sum);
    $display("4 %b %h %o", left, left, left);
    #2 reset = 0;
    repeat (LIMIT) @(posedge clk);
    #1 $display("5 %0d", n);
    p = {8'd3, 8'd4};
    $display("6 %0d %0d", p.x, p);
    state = RUN;
    $display("7 %0d", state);
    for (int i = 0; i < 4; i++) memory[i] = i * i;
    $display("8 %0d", memory[3]);
    queue.push_back(5);
    queue.push_back(7);
    queue.push_front(1);
    $display("9 %0d %0d", queue.size(), queue.pop_front());
    text = {"ab", "cd"};
    $display("10 %s %0d", text, text.len());
    casez (left)
      8'b11??????: $display("11 high");
      default: $display("11 low");
    endcase
    $display("12 %0d %0d", left[7:4], left[3 -: 2]);
    $display("13 %b %b %b", &left, |left, ^left);
    $display("14 %b", {2{4'b1001}});
    $display("15 %0d %0d", $signed(left), left >>> 2);
    r = 2.5 ** 2;
    $display("16 %0.2f", r);
    got = 0;
    begin : search
      forever begin got++; if (got == 7) disable search; end
    end
    $display("17 %0d", got);
    fork
      #2 a = 1;
      #1 b = 2;
    join
    $display("18 %0d%0d", a, b);
    $display("19 %0d %b", $clog2(1000), lanes);
    $display("20 %0d %0d %s", $bits(p), 8'sd5 > -8'sd3, left === 8'bx ? "x" : "known");
    $finish;
  end
endmodule
