main :: IO ()
main = print (1 + "42" :: Int)
