main :: IO ()
main = do
  let numbers = [1 ..] :: [Integer]
  print (foldr (\number rest -> if number < 0 then 0 else number + rest) 0 numbers)
  print (take 1 numbers)
