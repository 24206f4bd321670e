program runtime_error;
var
  none: integer;
begin
  none := 0;
  writeln(1 div none);
end.
