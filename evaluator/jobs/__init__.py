"""Jobs: batches that outlive their connections, and the processes that accepted them."""
