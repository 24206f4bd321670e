{-# LANGUAGE BangPatterns, LambdaCase, TupleSections, ScopedTypeVariables, MultiWayIf, RecordWildCards #-}
module Main where

import Control.Exception (SomeException, evaluate, try)
import Control.Monad (forM_, replicateM_, unless, when)
import Control.Monad.ST (runST)
import Data.Array (Array, listArray, (!), bounds)
import Data.Bits (popCount, shiftL, xor, (.&.))
import qualified Data.ByteString.Char8 as B
import Data.Char (toUpper, ord)
import Data.Foldable (foldl', toList)
import Data.IORef (modifyIORef', newIORef, readIORef)
import Data.List (group, sort, sortBy, sortOn, intercalate)
import qualified Data.Map.Strict as Map
import Data.Maybe (fromMaybe, mapMaybe)
import Data.Ord (comparing, Down (..))
import qualified Data.Sequence as Seq
import qualified Data.Set as Set
import Data.STRef (modifySTRef', newSTRef, readSTRef)
import System.IO (BufferMode (..), hSetBuffering, stdout)
import Text.Printf (printf)
import Text.Read (readMaybe)

data Shape = Circle Double | Box { width, height :: Double } deriving (Show, Eq, Ord)
data Tree a = Leaf | Node (Tree a) a (Tree a)
newtype Parser a = Parser { runParser :: String -> Maybe (a, String) }
class Area a where
  area :: a -> Double
  describe :: a -> String
  describe x = "area " ++ show (area x)
instance Area Shape where
  area (Circle r) = r * r
  area Box {..} = width * height
instance Functor Tree where
  fmap _ Leaf = Leaf
  fmap f (Node l x r) = Node (fmap f l) (f x) (fmap f r)
instance Foldable Tree where
  foldr _ z Leaf = z
  foldr f z (Node l x r) = foldr f (f x (foldr f z r)) l
instance Functor Parser where fmap f (Parser p) = Parser $ \s -> (\(x, r) -> (f x, r)) <$> p s
instance Applicative Parser where
  pure x = Parser $ \s -> Just (x, s)
  Parser f <*> Parser p = Parser $ \s -> case f s of
    Nothing -> Nothing
    Just (g, r) -> (\(x, r') -> (g x, r')) <$> p r
instance Monad Parser where
  Parser p >>= f = Parser $ \s -> p s >>= \(x, r) -> runParser (f x) r

item :: Parser Char
item = Parser $ \case { [] -> Nothing; (c : cs) -> Just (c, cs) }

insert :: Ord a => a -> Tree a -> Tree a
insert x Leaf = Node Leaf x Leaf
insert x t@(Node l y r)
  | x < y = Node (insert x l) y r
  | x > y = Node l y (insert x r)
  | otherwise = t

mean :: [Double] -> Double
mean = go 0 0
  where
    go !s !n [] = if n == 0 then 0 else s / fromIntegral (n :: Int)
    go !s !n (x : xs) = go (s + x) (n + 1) xs

main :: IO ()
main = do
  hSetBuffering stdout LineBuffering
  numbers <- map (fst . fromMaybe (0, B.empty) . B.readInt) . B.words <$> B.getContents
  putStrLn $ "1 " ++ show (sum numbers)
  putStrLn $ "2 " ++ show (Box 2 3 < Box 2 4, Box { width = 1, height = 2 })
  putStrLn $ "3 " ++ describe (Circle 2) ++ ", " ++ show (area (Box 2 3))
  let tree = foldr insert Leaf [4, 2, 6, 1 :: Int]
  putStrLn $ "4 " ++ show (toList (fmap (* 10) tree)) ++ show (sum tree, maximum tree)
  putStrLn $ "5 " ++ show ((,) <$> (fst <$> runParser ((,) <$> item <*> item) "abc") <*> Just 'z')
  let counts = Map.fromListWith (+) (map (,1 :: Int) (words "a b a"))
  forM_ (Map.toList counts) $ \(k, n) -> putStrLn ("6 " ++ k ++ show n)
  putStrLn $ "7 " ++ show (map (\g -> (head g, length g)) (group (sort "banana")))
  putStrLn $ "8 " ++ show (sortOn Down [3, 1, 2 :: Int]) ++ show (sortBy (comparing snd) [(1, 'b'), (2 :: Int, 'a')])
  let primes = sieve [2 ..] where sieve (p : xs) = p : sieve [x | x <- xs, x `mod` p /= 0]
  putStrLn $ "9 " ++ show (take 5 primes :: [Int])
  let fibs = 0 : 1 : zipWith (+) fibs (tail fibs) :: [Integer]
  putStrLn $ "10 " ++ show (fibs !! 100)
  putStrLn $ "11 " ++ show (runST (do { r <- newSTRef 0; mapM_ (\x -> modifySTRef' r (+ x)) [1 .. 10 :: Int]; readSTRef r }))
  counter <- newIORef (0 :: Int)
  replicateM_ 3 (modifyIORef' counter (+ 2))
  readIORef counter >>= \n -> when (n > 5) $ putStrLn ("12 " ++ show n)
  let n = length numbers
  putStrLn $ "13 " ++ if | n > 5 -> "many" | n > 1, even n -> "pair" | otherwise -> "few"
  putStrLn $ "14 " ++ show (mapMaybe readMaybe ["1", "x", "3"] :: [Int])
  printf "15 %.2f|%5d|%-5s|%05d\n" (mean [1, 2, 4]) (42 :: Int) "ab" (7 :: Int)
  let table = listArray (0, 4) [i * i | i <- [0 .. 4]] :: Array Int Int
  putStrLn $ "16 " ++ show (table ! 3, bounds table)
  putStrLn $ "17 " ++ show (popCount (255 :: Int), 1 `shiftL` 10 :: Int, xor 5 3 :: Int, 6 .&. 3 :: Int)
  outcome <- try (evaluate (1 `div` (0 :: Int))) :: IO (Either SomeException Int)
  putStrLn $ "18 " ++ either show show outcome
  putStrLn $ "19 " ++ show (toList (Seq.fromList [1, 2, 3 :: Int] Seq.|> 4)) ++ show (Set.member 'x' (Set.fromList "xyz"))
  let step acc x = let y = acc * 31 + ord x in y `mod` 1000
  unless False $ putStrLn $ "20 " ++ intercalate "," (map (map toUpper) ["a", "b"]) ++ show (foldl' step 7 "hash")
