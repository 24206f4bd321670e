import qualified Data.Map as Map

main :: IO ()
main = interact $ \input -> show (sum (Map.elems (Map.fromList (zip [0 :: Int ..] (map read (words input) :: [Int]))))) ++ "\n"
