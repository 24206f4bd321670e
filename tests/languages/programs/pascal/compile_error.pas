program compile_error;
var
  sum: integer;
begin
  sum := '42';
end.
