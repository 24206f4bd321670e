# with: attempts
import itertools, socket
kinds = itertools.product(range(46), (1, 2, 3, 5))
tell(*(attempt(socket.socket, family, kind).replace("failed: EAFNOSUPPORT", "refused").split(" ")[0] for family, kind in kinds))
