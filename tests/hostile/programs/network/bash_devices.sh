# says: refused
(echo hostile > /dev/tcp/127.0.0.1/@port@) 2>/dev/null && echo connected
(echo hostile > /dev/udp/127.0.0.1/@udp@) 2>/dev/null && echo sent
echo refused
