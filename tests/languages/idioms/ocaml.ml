open Printf

type shape = Circle of float | Box of { w : float; h : float }
type 'a tree = Leaf | Node of 'a tree * 'a * 'a tree
type point = { x : int; mutable y : int }
exception Bad of string
module Words = Map.Make (String)
module type STACK = sig type 'a t val empty : 'a t val push : 'a -> 'a t -> 'a t val top : 'a t -> 'a option end
module Stack_list : STACK = struct
  type 'a t = 'a list
  let empty = []
  let push x s = x :: s
  let top = function [] -> None | x :: _ -> Some x
end
module Ordered (T : Map.OrderedType) = struct
  let largest = function [] -> None | x :: xs -> Some (List.fold_left (fun a b -> if T.compare a b >= 0 then a else b) x xs)
end
class counter start = object
  val mutable n = start
  method bump = n <- n + 1
  method get = n
end
type _ expr = Int : int -> int expr | Bool : bool -> bool expr | If : bool expr * 'a expr * 'a expr -> 'a expr
let rec eval : type a. a expr -> a = function Int n -> n | Bool b -> b | If (c, a, b) -> if eval c then eval a else eval b
let area = function Circle r -> r *. r | Box { w; h } -> w *. h
let rec insert x = function
  | Leaf -> Node (Leaf, x, Leaf)
  | Node (l, y, r) as t -> if x < y then Node (insert x l, y, r) else if x > y then Node (l, y, insert x r) else t
let rec fold f acc = function Leaf -> acc | Node (l, x, r) -> fold f (f (fold f acc l) x) r
let ( let* ) = Option.bind
let ( >>| ) o f = Option.map f o
let rec even n = n = 0 || odd (n - 1)
and odd n = n <> 0 && even (n - 1)
let greet ?(greeting = "hi") ~name () = greeting ^ " " ^ name

let () =
  Scanf.scanf " %d %d" (fun a b -> printf "1 %d\n" (a + b));
  printf "2 %.1f %.1f\n" (area (Circle 2.)) (area (Box { w = 2.; h = 3. }));
  let tree = List.fold_left (fun t x -> insert x t) Leaf [ 4; 2; 6; 1 ] in
  printf "3 %d\n" (fold ( + ) 0 tree);
  let counts = List.fold_left (fun m w -> Words.update w (function None -> Some 1 | Some n -> Some (n + 1)) m) Words.empty [ "a"; "b"; "a" ] in
  Words.iter (printf "4 %s%d\n") counts;
  let p = { x = 1; y = 2 } in
  p.y <- 5;
  let q = { p with x = 9 } in
  printf "5 %d %d\n" q.x q.y;
  printf "6 %s\n" (try raise (Bad "no") with Bad text -> text | Not_found -> "?");
  printf "7 %s\n" (match Stack_list.(top (push 3 empty)) with Some n -> string_of_int n | None -> "-");
  let module O = Ordered (Int) in
  printf "8 %d\n" (Option.get (O.largest [ 3; 8; 5 ]));
  let c = new counter 4 in
  c#bump;
  printf "9 %d\n" c#get;
  printf "10 %d\n" (eval (If (Bool true, Int 7, Int 8)));
  let sum = let* a = int_of_string_opt "40" in let* b = int_of_string_opt "2" in Some (a + b) in
  printf "11 %d\n" (Option.value sum ~default:0);
  printf "12 %b %b\n" (even 10) (odd 10);
  printf "13 %s, %s\n" (greet ~name:"Ann" ()) (greet ~greeting:"yo" ~name:"Bob" ());
  let table = Hashtbl.create 16 in
  List.iter (fun (k, v) -> Hashtbl.replace table k v) [ ("a", 1); ("b", 2) ];
  printf "14 %d %b\n" (Hashtbl.find table "b") (Hashtbl.mem table "c");
  let grid = Array.make_matrix 2 3 0 in
  grid.(1).(2) <- 7;
  printf "15 %d\n" (Array.fold_left (fun acc row -> acc + Array.fold_left ( + ) 0 row) 0 grid);
  [ 1; 2; 3; 4 ] |> List.filter (fun n -> n mod 2 = 0) |> List.map (( * ) 10) |> List.map string_of_int |> String.concat "," |> printf "16 %s\n";
  let rec nat n () = Seq.Cons (n, nat (n + 1)) in
  let rec take n s = if n = 0 then [] else match s () with Seq.Nil -> [] | Seq.Cons (x, rest) -> x :: take (n - 1) rest in
  printf "17 %d\n" (List.length (take 5 (Seq.map (fun n -> n * n) (nat 1))));
  let lazy_value = lazy (print_string "18 once "; 6 * 7) in
  printf "%d %d\n" (Lazy.force lazy_value) (Lazy.force lazy_value);
  let buffer = Buffer.create 8 in
  String.iter (fun ch -> Buffer.add_char buffer (Char.uppercase_ascii ch)) "abc";
  printf "19 %s %s %d\n" (Buffer.contents buffer) (String.sub "hello" 1 3) (String.index "hello" 'l');
  let found = (`Exact 3 : [ `Exact of int | `Any ]) in
  let rec loop i acc = if i > 5 then acc else loop (i + 1) (acc * i) in
  printf "20 %s %d %d %d\n" (match found with `Exact n when n > 2 -> "big" | `Exact _ -> "small" | `Any -> "any") (loop 1 1) (17 land 5) (List.length (List.sort_uniq compare [ 3; 1; 3 ]) |> succ)
