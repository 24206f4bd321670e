const lists = [];
while (true) lists.push(new Array(1 << 17).fill(1.5));
