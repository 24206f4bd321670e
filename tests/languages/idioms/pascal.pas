{$mode objfpc}{$H+}{$modeswitch advancedrecords}
program idioms;

uses SysUtils, Classes, Math, fgl;

type
  TColor = (Red, Green, Blue);
  TColors = set of TColor;
  TPoint = record
    X, Y: Integer;
    function Sum: Integer;
    class operator + (const A, B: TPoint): TPoint;
  end;
  TShape = class
  private
    FName: string;
  public
    constructor Create(const AName: string);
    function Area: Double; virtual; abstract;
    property Name: string read FName write FName;
  end;
  TBox = class(TShape)
    W, H: Double;
    function Area: Double; override;
  end;
  generic TStack<T> = class
    Items: array of T;
    procedure Push(const X: T);
    function Pop: T;
  end;
  TIntStack = specialize TStack<Integer>;
  TCounts = specialize TFPGMap<string, Integer>;
  TCompare = function(A, B: Integer): Boolean;
  EBad = class(Exception);
  PNode = ^TNode;
  TNode = record Value: Integer; Next: PNode; end;

function TPoint.Sum: Integer; begin Result := X + Y; end;
class operator TPoint.+ (const A, B: TPoint): TPoint; begin Result.X := A.X + B.X; Result.Y := A.Y + B.Y; end;
constructor TShape.Create(const AName: string); begin inherited Create; FName := AName; end;
function TBox.Area: Double; begin Result := W * H; end;
procedure TStack.Push(const X: T); begin SetLength(Items, Length(Items) + 1); Items[High(Items)] := X; end;
function TStack.Pop: T; begin Result := Items[High(Items)]; SetLength(Items, High(Items)); end;
function Fact(N: Int64): Int64; begin if N < 2 then Exit(1); Result := N * Fact(N - 1); end;
function More(A, B: Integer): Boolean; begin Result := A > B; end;
function Largest(A, B: Integer): Integer; overload; begin Result := Max(A, B); end;
function Largest(A, B: string): string; overload; begin if A > B then Result := A else Result := B; end;
procedure Sort(var A: array of Integer; Before: TCompare);
var I, J, T: Integer;
begin
  for I := Low(A) to High(A) do
    for J := I + 1 to High(A) do
      if Before(A[J], A[I]) then begin T := A[I]; A[I] := A[J]; A[J] := T; end;
end;

var
  A, B, I, N: Integer;
  P, Q: TPoint;
  Box: TBox;
  Colors: TColors = [Red, Blue];
  C: TColor;
  Stack: TIntStack;
  Counts: TCounts;
  Numbers: array of Integer;
  Grid: array[0..1, 0..2] of Integer;
  S: string;
  Head, Node: PNode;
  Lines: TStringList;
begin
  ReadLn(A, B);
  WriteLn('1 ', A + B);
  WriteLn('2 ', Fact(20));
  P.X := 1; P.Y := 2; Q.X := 3; Q.Y := 4;
  WriteLn('3 ', (P + Q).Sum);
  Box := TBox.Create('box');
  try
    Box.W := 2; Box.H := 3;
    WriteLn('4 ', Box.Name, ' ', Box.Area:0:1);
  finally
    Box.Free;
  end;
  Write('5');
  for C in Colors do Write(' ', Ord(C));
  WriteLn(' ', Green in Colors);
  Stack := TIntStack.Create;
  for I := 1 to 3 do Stack.Push(I * I);
  WriteLn('6 ', Stack.Pop, ' ', Length(Stack.Items));
  Stack.Free;
  Counts := TCounts.Create;
  Counts.Sorted := True;
  for S in ['b', 'a', 'b'] do
    if Counts.Find(S, I) then Counts.Data[I] := Counts.Data[I] + 1 else Counts.Add(S, 1);
  for I := 0 to Counts.Count - 1 do Write('7 ', Counts.Keys[I], Counts.Data[I], ' ');
  WriteLn;
  Counts.Free;
  try
    raise EBad.Create('no');
  except
    on E: EBad do WriteLn('8 ', E.Message);
  end;
  WriteLn('9 ', StrToIntDef('42', -1), ' ', StrToIntDef('x', -1));
  Numbers := [5, 3, 8];
  Sort(Numbers, @More);
  Write('10');
  for I in Numbers do Write(' ', I);
  WriteLn;
  FillChar(Grid, SizeOf(Grid), 0);
  Grid[1, 2] := 7;
  WriteLn('11 ', Grid[1, 2], ' ', Length(Grid[0]));
  S := 'hello';
  WriteLn('12 ', Copy(S, 2, 3), ' ', Pos('l', S), ' ', UpperCase(S), ' ', S[Length(S)]);
  WriteLn('13 ', Format('%.2f|%5d|%-5s|%x', [3.14159, 42, 'ab', 255], DefaultFormatSettings));
  WriteLn('14 ', Largest(3, 9), ' ', Largest('a', 'b'));
  case A of
    0..9: WriteLn('15 digit');
    10, 17: WriteLn('15 known');
  else WriteLn('15 other');
  end;
  Head := nil;
  for I := 1 to 3 do begin New(Node); Node^.Value := I; Node^.Next := Head; Head := Node; end;
  Write('16');
  while Head <> nil do begin Write(' ', Head^.Value); Node := Head; Head := Head^.Next; Dispose(Node); end;
  WriteLn;
  N := 0;
  repeat Inc(N); if N mod 2 = 0 then Continue; if N > 6 then Break; until False;
  WriteLn('17 ', N);
  WriteLn('18 ', 17 div 5, ' ', 17 mod 5, ' ', 6 shl 2, ' ', 6 xor 3, ' ', Power(2, 10):0:0);
  Lines := TStringList.Create;
  Lines.CommaText := 'b,a,c';
  Lines.Sort;
  WriteLn('19 ', Lines.CommaText, ' ', Lines.IndexOf('c'));
  Lines.Free;
  with P do begin X := 8; Y := X; end;
  WriteLn('20 ', P.Y, ' ', IfThen(P.X > 5, 1, 0), ' ', Trunc(2.7), ' ', Round(3.6), ' ', High(Int64));
end.
