spin :: Int -> Int
spin turns = if turns < 0 then turns else spin ((turns + 1) `mod` 1000003)

main :: IO ()
main = print (spin 0)
