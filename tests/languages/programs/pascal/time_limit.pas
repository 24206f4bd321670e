program time_limit;
begin
  while true do;
end.
